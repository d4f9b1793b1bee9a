import type { Facts } from '../facts/index.ts';
import { isBelow } from '../model/container-root.ts';
import type { Lab, LabContainer } from '../model/lab.ts';
import { own } from '../model/own.ts';

/** TERM of the user's terminal, for the container that gets it: the first of the config. */
export function terminalFor(
  container: LabContainer,
  { lab, facts }: { readonly lab: Lab; readonly facts: Pick<Facts, 'terminal'> },
): string | null {
  return lab.containers[0] === container ? facts.terminal : null;
}

/** @returns undefined when every staging directory would hide the container's rootfs. */
export function freeStaging(container: LabContainer, facts: Facts): string | undefined {
  const rootfs = own(facts.rootfs, container.rootfs)?.realPath ?? container.rootfs;
  return facts.stagingDirectories.find((directory) => !isBelow(rootfs, directory));
}

/**
 * The directory over which the child mounts a tmpfs, in its own mount namespace, to stage its root. Preflight has
 * checked that there is one.
 */
export function stagingOf(container: LabContainer, facts: Facts): string {
  return freeStaging(container, facts) ?? '/mnt';
}
