import { type Argv, cmd, pidOf } from './command.ts';
import { mark } from './names.ts';

/** The firewall rules ctr makes. A rule is kept as its values and written out by `ruleSpec`. */
export type Rule =
  | { readonly rule: 'masquerade'; readonly subnet: string; readonly bridge: string }
  | {
      readonly rule: 'between' | 'outward' | 'answers';
      readonly chain: 'FORWARD' | 'DOCKER-USER';
      readonly bridge: string;
    };

interface Shared {
  /** What several runs share: taken back by the last of them. */
  readonly shared?: string | undefined;
}

/**
 * How a change is taken back, as values: what is stored is never run as text, the command is
 * built again from these (docs/decisions/0004).
 */
export type Undo = Shared &
  (
    | {
        readonly kind: 'delete-link';
        readonly link: string;
        /** Only a link that bears this mark is ours. */
        readonly group: number;
        /** Of a bridge: the address and the MAC that it was made with. */
        readonly address?: string | undefined;
        readonly mac?: string | undefined;
      }
    | {
        readonly kind: 'restore-bridge';
        /** One that was there before, and empty: the kernel changes such a bridge when a port leaves. */
        readonly link: string;
        readonly mac?: string | undefined;
        readonly mtu: number;
        readonly up: boolean;
      }
    | {
        readonly kind: 'restore-sysctl';
        readonly key: string;
        readonly value: string;
        /** What we set: restored only while it still stands. */
        readonly ours: string;
        /** Switches that set this one along, and were off: one that is on now says that somebody else wants it so. */
        readonly unless?: readonly string[] | undefined;
      }
    | { readonly kind: 'delete-rule'; readonly rule: Rule }
    | { readonly kind: 'end-container'; readonly container: string }
    | { readonly kind: 'remove-cgroup'; readonly mount: string; readonly cgroup: string }
  );

export type UndoOf<Kind extends Undo['kind']> = Extract<Undo, { kind: Kind }>;

export function isKind<Kind extends Undo['kind']>(kind: Kind) {
  return (undo: Undo): undo is UndoOf<Kind> => undo.kind === kind;
}

/**
 * What /proc/sys must say for a switch to be ours to put back: our value still stands, and nobody has asserted
 * it since. To write ip_forward sets every interface (kernel: networking/ip-sysctl), so theirs looks like ours.
 */
export function oursWhile({
  key,
  ours,
  unless = [],
}: UndoOf<'restore-sysctl'>): readonly (readonly [key: string, value: string])[] {
  return [[key, ours], ...unless.map((other) => [other, '0'] as const)];
}

/** Where a rule stands and what it says, as iptables(8) wants it after -A, -I or -D. */
export function ruleSpec(rule: Rule): { table: 'nat' | 'filter'; chain: string; spec: Argv } {
  const comment = cmd`-m comment --comment ${mark(rule.bridge)}` as readonly string[];
  switch (rule.rule) {
    case 'masquerade':
      return {
        table: 'nat',
        chain: 'POSTROUTING',
        spec: cmd`-s ${rule.subnet} ! -o ${rule.bridge} ${comment} -j MASQUERADE`,
      };
    case 'between':
      return {
        table: 'filter',
        chain: rule.chain,
        spec: cmd`-i ${rule.bridge} -o ${rule.bridge} ${comment} -j ACCEPT`,
      };
    case 'outward':
      return {
        table: 'filter',
        chain: rule.chain,
        spec: cmd`-i ${rule.bridge} ! -o ${rule.bridge} ${comment} -j ACCEPT`,
      };
    case 'answers':
      return {
        table: 'filter',
        chain: rule.chain,
        spec: cmd`-o ${rule.bridge} -m conntrack --ctstate RELATED,ESTABLISHED ${comment} -j ACCEPT`,
      };
  }
}

/** The command that takes the change back. */
export function undoArgv(undo: Undo): Argv {
  switch (undo.kind) {
    case 'delete-link':
      return cmd`ip link del dev ${undo.link}`;
    case 'restore-bridge': {
      const { link, mac, mtu, up } = undo;
      const address = mac === undefined ? [] : ['address', mac];
      return cmd`ip link set dev ${link} ${address} mtu ${mtu} ${up ? [] : ['down']}`;
    }
    case 'restore-sysctl':
      return cmd`sysctl -qw ${undo.key}=${undo.value}`;
    case 'delete-rule': {
      const { table, chain: name, spec } = ruleSpec(undo.rule);
      return [...cmd`iptables -w 5 -t ${table} -D ${name}`, ...spec];
    }
    case 'end-container':
      return cmd`kill -s KILL ${pidOf(undo.container)}`;
    case 'remove-cgroup':
      return cmd`rmdir ${undo.mount}/${undo.cgroup}`;
  }
}
