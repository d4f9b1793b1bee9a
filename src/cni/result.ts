import { atLeast, type CniVersion } from './versions.ts';

export interface ResultInterface {
  readonly name: string;
  readonly mac?: string;
  /** Path of the network namespace; absent on the host. */
  readonly sandbox?: string;
  readonly mtu?: number;
}

export interface ResultAddress {
  /** With prefix. */
  readonly address: string;
  readonly gateway?: string;
  /** Index into `interfaces`. */
  readonly interface?: number;
}

export interface ResultRoute {
  readonly dst: string;
  readonly gw?: string;
}

export interface Dns {
  readonly nameservers?: readonly string[];
  readonly domain?: string;
  readonly search?: readonly string[];
  readonly options?: readonly string[];
}

/** The success result of ADD, without what depends on the version (CNI 1.1.0, "ADD Success"). */
export interface CniResult {
  readonly interfaces: readonly ResultInterface[];
  readonly ips: readonly ResultAddress[];
  readonly routes: readonly ResultRoute[];
  readonly dns: Dns;
}

/** The result as the asked version of the specification wants it. */
export function printable(
  { interfaces, ips, routes, dns }: CniResult,
  version: CniVersion,
): Readonly<Record<string, unknown>> {
  return {
    cniVersion: version,
    interfaces: interfaces.map(({ mtu, ...rest }) =>
      atLeast(version, '1.1.0') && mtu !== undefined ? { ...rest, mtu } : rest,
    ),
    ips: ips.map((one) =>
      atLeast(version, '1.0.0') ? one : { version: one.address.includes(':') ? '6' : '4', ...one },
    ),
    routes,
    dns,
  };
}
