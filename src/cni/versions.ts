/** The versions of the specification whose results ctr can print, oldest first. */
export const supportedVersions = ['0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const;
export type CniVersion = (typeof supportedVersions)[number];

export function isSupported(version: string): version is CniVersion {
  return supportedVersions.some((one) => one === version);
}

/** Whether one supported version is at least another. */
export function atLeast(version: CniVersion, least: CniVersion): boolean {
  return supportedVersions.indexOf(version) >= supportedVersions.indexOf(least);
}
