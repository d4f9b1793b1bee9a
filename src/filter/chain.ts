/** A chain of a packet filter, as plain data. */
export interface ChainFact {
  /** The tool that lists and changes it: iptables(8), its other variant, or nft(8). */
  readonly tool: 'iptables' | 'iptables-legacy' | 'iptables-nft' | 'nft';
  /** nft(8), "Address families". */
  readonly family: 'ip' | 'inet' | 'bridge' | 'netdev' | 'arp';
  readonly table: string;
  readonly name: string;
  /** Absent for a chain that packets reach only by a jump. */
  readonly base?: {
    readonly hook: string;
    readonly type: string;
    readonly priority: number;
    readonly policy: 'accept' | 'drop';
    /** The interfaces of an ingress or egress chain; absent where the tool does not print them (nft 1.0 as JSON). */
    readonly devices?: readonly string[];
  };
  /** Each rule as iptables-save(8) prints it after the chain's name, or as JSON (libnftables-json(5)). */
  readonly rules: readonly string[];
}

/** The packet filters of a host. */
export interface FilterFacts {
  readonly chains: readonly ChainFact[];
  /** The elements of nft's sets and maps as JSON, by family, table and name. */
  readonly sets: Readonly<Record<string, string>>;
}

/** The priorities of the built-in chains of iptables, by table (nft(8), "Standard priority names"). */
const priorities: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  filter: 0,
  security: 50,
};
const natPriority = { source: 100, destination: -100 };
const hooks = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];

/** The hook and priority of a built-in chain of iptables; undefined for a user-defined chain. */
export function builtIn(table: string, name: string, policy: string): ChainFact['base'] {
  if (!hooks.includes(name)) return undefined;
  const source = name === 'POSTROUTING' || name === 'INPUT';
  const nat = source ? natPriority.source : natPriority.destination;
  return {
    hook: name.toLowerCase(),
    type: table === 'nat' ? 'nat' : 'filter',
    priority: table === 'nat' ? nat : (priorities[table] ?? 0),
    policy: policy === 'DROP' ? 'drop' : 'accept',
  };
}
