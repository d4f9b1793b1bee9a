import type { Connection } from '../facts/connections.ts';

/** An interface of one namespace. */
export interface WatchedLink {
  readonly name: string;
  /** The operational state (RFC 2863): UP, DOWN, LOWERLAYERDOWN, UNKNOWN… */
  readonly state: string;
  readonly master: string | null;
  /** IPv4 with prefix. */
  readonly addresses: readonly string[];
}

/** A firewall rule with its counters, or the policy of a chain. */
export interface WatchedRule {
  readonly table: string;
  readonly chain: string;
  /** As iptables-save(8) or nft(8) prints it, without its comment; `policy DROP` for a policy. */
  readonly rule: string;
  /** ctr's comment says that this run uses it. */
  readonly ours: boolean;
  /** Null where nothing counts them, as in rules of nft(8) without the word `counter`. */
  readonly packets: number | null;
  readonly bytes: number | null;
}

/** What was read at one moment. Null stands for what could not be read. */
export interface Reading {
  readonly host: {
    readonly links: readonly WatchedLink[] | null;
    readonly rules: readonly WatchedRule[] | null;
    readonly connections: readonly Connection[] | null;
  };
  /** Null for a container whose first process has ended. */
  readonly containers: readonly {
    readonly name: string;
    readonly links: readonly WatchedLink[] | null;
  }[];
}
