import type {
  ContainerState,
  LinkState,
  NetworkState,
  ProcessState,
  RouteState,
  Snapshot,
} from '../../src/snapshot/snapshot.ts';

export function linkState(change: Partial<LinkState> = {}): LinkState {
  return {
    name: 'veth0',
    kind: 'veth',
    group: 0,
    mac: '02:00:00:00:00:01',
    mtu: 1500,
    up: false,
    altnames: [],
    index: 2,
    state: 'DOWN',
    carrier: false,
    addresses: [],
    ...change,
  };
}

export const loopback = linkState({
  name: 'lo',
  kind: 'loopback',
  index: 1,
  mac: '00:00:00:00:00:00',
  mtu: 65536,
});

export function routeState(change: Partial<RouteState> = {}): RouteState {
  return { to: '10.0.0.0/24', table: 'main', type: 'unicast', protocol: 'kernel', ...change };
}

export function networkState(change: Partial<NetworkState> = {}): NetworkState {
  return {
    links: [loopback],
    routes: [],
    rules: [],
    neighbours: [],
    fdb: [],
    firewall: [],
    sysctls: {},
    ...change,
  };
}

export function containerState(
  change: Partial<NetworkState> = {},
  process: Partial<ProcessState> = {},
): ContainerState {
  return {
    ...networkState(change),
    process: {
      pid: 42,
      start: '1000',
      command: ['/bin/sh'],
      hostname: 'web',
      mounts: [{ path: '/', type: 'overlay', device: '0:40' }],
      ...process,
    },
  };
}

export function snapshotOf(
  host: Partial<NetworkState> = {},
  containers: Readonly<Record<string, ContainerState>> = {},
): Snapshot {
  return { version: 1, host: networkState(host), containers };
}
