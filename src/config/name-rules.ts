import { own } from '../model/own.ts';
import type { Text } from '../model/text.ts';
import type { Add } from './add.ts';
import { crossProblems } from './problems.ts';
import { containersOf } from './replicas.ts';
import type { Config } from './schema.ts';

/** Characters. Host software must handle names of up to 63 (RFC 1123 §2.1). The names also go into /etc/hosts. */
const longestHostname = 63;

/** Requires a different host name for each container of a run. */
export function hostnameRules(config: Config, add: Add): void {
  const owners = new Map<string, string>();
  const tooLong = new Set<string>();
  for (const [name, container] of containersOf(config)) {
    const hostname = (container.hostname ?? name).toLowerCase();
    const owner = owners.get(hostname);
    const key = own(config.containers, name) === undefined ? name.replace(/-\d+$/, '') : name;
    if (owner !== undefined) {
      add('E016', ['containers', key, 'hostname'], crossProblems.E016(hostname, owner));
    }
    owners.set(hostname, name);
    if (hostname.length <= longestHostname || tooLong.has(key)) continue;
    tooLong.add(key);
    add('E044', ['containers', key, 'hostname'], crossProblems.E044(hostname));
  }
}

/** Rejects extra hosts with a name of the lab: of several lines with one name, only the first applies (hosts(5)). */
export function extraHostRules(config: Config, add: Add): void {
  const all = containersOf(config);
  for (const [key, { extra_hosts: extra, interfaces }] of Object.entries(config.containers)) {
    if (Object.keys(extra).length === 0) continue;
    const networks = new Set(interfaces.map(({ network }) => network));
    const taken = new Map([['localhost', 'the container itself']]);
    for (const [name, { hostname, interfaces: others }] of all) {
      if (!others.some(({ network }) => networks.has(network))) continue;
      for (const known of [name, hostname ?? name]) taken.set(known.toLowerCase(), `"${name}"`);
    }
    for (const name of Object.keys(extra)) {
      const owner = taken.get(name.toLowerCase());
      if (owner !== undefined) {
        add('E071', ['containers', key, 'extra_hosts', name], crossProblems.E071(name, owner));
      }
      taken.set(name.toLowerCase(), `"${name}"`);
    }
  }
}

/** Names that the config gives to interfaces of the host. */
export function hostInterfaceRules(config: Config, add: Add): void {
  const owners = new Map<string, Text>(
    Object.entries(config.networks).map(([name, { bridge }]) => [
      bridge.name,
      { en: `the bridge of network "${name}"`, zh: `网络 "${name}" 的网桥` },
    ]),
  );
  for (const [container, { interfaces }] of Object.entries(config.containers)) {
    for (const [index, { host_interface: name }] of interfaces.entries()) {
      if (name === undefined) continue;
      const owner = owners.get(name);
      const path = ['containers', container, 'interfaces', index, 'host_interface'];
      if (owner !== undefined) add('E045', path, crossProblems.E045(name, owner));
      owners.set(name, { en: `container "${container}"`, zh: `容器 "${container}"` });
    }
  }
}
