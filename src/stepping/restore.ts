import { type Argv, cmd } from '../model/command.ts';
import { isOurTable, nftReads } from '../model/nft.ts';
import type { Command } from '../model/step.ts';
import { enter } from '../model/where.ts';
import type { FirewallState, LinkState, NetworkState, Snapshot } from '../snapshot/snapshot.ts';

/** The interface was deleted, or its namespace is gone: no command makes the same one again. */
class NoWayBack extends Error {}

function setLink(was: LinkState, now: LinkState): readonly Argv[] {
  const set = cmd`ip link set dev ${was.name}`;
  return [
    ...(was.mtu === now.mtu ? [] : [[...set, 'mtu', String(was.mtu)]]),
    ...(was.master === now.master
      ? []
      : [was.master === undefined ? [...set, 'nomaster'] : [...set, 'master', was.master]]),
    ...(was.mac === now.mac ? [] : [[...set, 'address', was.mac]]),
    ...was.altnames
      .filter((one) => !now.altnames.includes(one))
      .map((one) => cmd`ip link property add dev ${was.name} altname ${one}`),
    ...now.altnames
      .filter((one) => !was.altnames.includes(one))
      .map((one) => cmd`ip link property del dev ${was.name} altname ${one}`),
    ...(was.up === now.up ? [] : [[...set, was.up ? 'up' : 'down']]),
  ];
}

/** Addresses that somebody sets; the kernel makes and removes the link-local ones of IPv6 by itself. */
function setAddresses({ addresses }: LinkState): readonly string[] {
  return addresses.filter(({ scope }) => scope !== 'link').map(({ address }) => address);
}

function addressesOf(was: LinkState, now: LinkState): readonly Argv[] {
  const [before, after] = [setAddresses(was), setAddresses(now)];
  return [
    ...after
      .filter((one) => !before.includes(one))
      .map((one) => cmd`ip addr del ${one} dev ${was.name}`),
    ...before
      .filter((one) => !after.includes(one))
      .map((one) =>
        one.includes(':')
          ? cmd`ip addr add ${one} dev ${was.name}`
          : cmd`ip addr add ${one} broadcast + dev ${was.name}`,
      ),
  ];
}

function routesOf(was: NetworkState, now: NetworkState): readonly Argv[] {
  const own = ({ routes }: NetworkState) =>
    routes
      .filter(({ table, protocol }) => table === 'main' && protocol !== 'kernel')
      .map(({ to, via, dev, metric, type }) => [
        ...(type === 'unicast' ? [] : [type]),
        to,
        ...(via === undefined ? [] : ['via', via]),
        ...(dev === undefined ? [] : ['dev', dev]),
        ...(metric === undefined ? [] : ['metric', String(metric)]),
      ]);
  const [before, after] = [own(was), own(now)];
  const has = (all: readonly (readonly string[])[], one: readonly string[]) =>
    all.some((other) => other.join(' ') === one.join(' '));
  return [
    ...after.filter((one) => !has(before, one)).map((one) => cmd`ip route del ${one}`),
    ...before.filter((one) => !has(after, one)).map((one) => cmd`ip route add ${one}`),
  ];
}

type Tool = 'iptables' | 'ip6tables';

function chainsOf(
  rules: readonly FirewallState[],
  wanted: Tool,
): ReadonlyMap<string, readonly string[]> {
  const chains = new Map<string, string[]>();
  for (const { tool, table, chain, text } of rules) {
    if (tool !== wanted) continue;
    const key = `${table} ${chain}`;
    chains.set(key, [...(chains.get(key) ?? []), text]);
  }
  return chains;
}

/** The lines that rewrite one chain of iptables. The counters of its rules start anew. */
function chainLines(
  chain: string,
  old: readonly string[] | undefined,
  now: readonly string[] | undefined,
): readonly string[] {
  if (old === undefined) {
    // The built-in chains of a new table stay: no command removes them.
    const own = now?.includes(`-N ${chain}`) === true;
    return own ? [`-F ${chain}`, `-X ${chain}`] : [`-F ${chain}`];
  }
  return old.flatMap((text) => {
    const policy = /^policy (ACCEPT|DROP)$/.exec(text)?.[1];
    if (policy !== undefined) return [`-P ${chain} ${policy}`, `-F ${chain}`];
    if (text === `-N ${chain}`) return now === undefined ? [text] : [`-F ${chain}`];
    return [text];
  });
}

function rulesOf(tool: Tool, was: NetworkState, now: NetworkState): readonly Command[] {
  const [before, after] = [chainsOf(was.firewall, tool), chainsOf(now.firewall, tool)];
  const lines = new Map<string, readonly string[]>();
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [old, found] = [before.get(key), after.get(key)];
    if (old?.join('\n') === found?.join('\n')) continue;
    const [table = '', chain = ''] = key.split(' ');
    lines.set(table, [...(lines.get(table) ?? []), ...chainLines(chain, old, found)]);
  }
  if (lines.size === 0) return [];
  const input = [...lines].flatMap(([table, own]) => [`*${table}`, ...own, 'COMMIT']);
  return [
    { argv: cmd`${tool}-restore --noflush --wait 5`, input: `${input.join('\n')}\n`, makes: [] },
  ];
}

/** A table of ctr's as nft(8) reads it again, in place of what it has become: one transaction. */
function tableLines(table: string, states: readonly FirewallState[]): readonly string[] {
  const chains = [...new Set(states.map(({ chain }) => chain))];
  const lines = (chain: string) =>
    states.filter((one) => one.chain === chain && one.text !== `chain ${chain}`);
  return [
    `table ${table} {`,
    ...chains.flatMap((chain) => [
      `chain ${chain} {`,
      ...lines(chain).map(({ text }) => text),
      '}',
    ]),
    '}',
  ];
}

function tablesOf(was: NetworkState, now: NetworkState): readonly Command[] {
  const own = ({ firewall }: NetworkState) =>
    firewall.filter(({ tool, table }) => {
      const [family = '', name = ''] = table.split(' ');
      return tool === 'nft' && isOurTable(family, name);
    });
  const [before, after] = [own(was), own(now)];
  const tables = [...new Set([...before, ...after].map(({ table }) => table))];
  const input = tables.flatMap((table) => {
    const [old, found] = [before, after].map((all) => all.filter((one) => one.table === table));
    if (JSON.stringify(old) === JSON.stringify(found)) return [];
    return [
      ...(found?.length === 0 ? [] : [`delete table ${table}`]),
      ...(old?.length === 0 ? [] : tableLines(table, old ?? [])),
    ];
  });
  return input.length === 0 ? [] : [{ argv: nftReads, input: `${input.join('\n')}\n`, makes: [] }];
}

function firewallOf(was: NetworkState, now: NetworkState): readonly Command[] {
  return (['iptables', 'ip6tables'] as const).flatMap((tool) => rulesOf(tool, was, now));
}

function networkCommands(
  was: NetworkState,
  now: NetworkState,
  container: string | undefined,
): readonly Command[] {
  const place = (argv: Argv): Command =>
    container === undefined
      ? { argv, makes: [] }
      : { ...enter(container, ['net'], argv), makes: [] };
  const deleted = was.links.some(({ name }) => now.links.every((link) => link.name !== name));
  if (deleted) throw new NoWayBack();
  const fresh = now.links.filter(({ name }) => was.links.every((link) => link.name !== name));
  // One end of a veth pair takes the other along.
  const added = fresh.filter(
    ({ peer }, index) => !fresh.slice(0, index).some(({ name }) => name === peer),
  );
  const both = was.links.flatMap((old) => {
    const found = now.links.find(({ name }) => name === old.name);
    return found === undefined ? [] : [[old, found] as const];
  });
  const sysctls = Object.entries(was.sysctls).filter(
    ([key, value]) => now.sysctls[key] !== undefined && now.sysctls[key] !== value,
  );
  return [
    ...added.map(({ name }) => place(cmd`ip link del dev ${name}`)),
    ...both.flatMap(([old, found]) => setLink(old, found)).map(place),
    ...both.flatMap(([old, found]) => addressesOf(old, found)).map(place),
    ...routesOf(was, now).map(place),
    ...sysctls.map(([key, value]) => place(cmd`sysctl -qw ${`${key}=${value}`}`)),
    ...(container === undefined
      ? [...firewallOf(was, now), ...tablesOf(was, now)]
      : firewallOf(was, now).map((one) => ({
          ...one,
          ...enter(container, ['net'], one.argv),
        }))),
  ];
}

/**
 * The commands that turn one state into another, for changes that somebody made by hand.
 * @returns undefined when something is gone that no command makes again.
 */
export function restoreCommands(was: Snapshot, now: Snapshot): readonly Command[] | undefined {
  try {
    return [
      ...networkCommands(was.host, now.host, undefined),
      ...Object.entries(was.containers).flatMap(([name, old]) => {
        const found = now.containers[name];
        if (found === undefined) throw new NoWayBack();
        const { hostname } = old.process;
        return [
          ...networkCommands(old, found, name),
          ...(hostname === found.process.hostname
            ? []
            : [{ ...enter(name, ['uts'], cmd`hostname ${hostname}`), makes: [] }]),
        ];
      }),
    ];
  } catch (error) {
    if (error instanceof NoWayBack) return undefined;
    throw error;
  }
}
