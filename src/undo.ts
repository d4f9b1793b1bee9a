import * as z from 'zod';
import { type Argv, cmd, pidOf } from './command.ts';
import { cidrPattern } from './config/ipv4.ts';
import { mark } from './names.ts';

const interfaceName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/);
const containerName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);
const subnet = z.string().regex(cidrPattern);
const chain = z.enum(['FORWARD', 'DOCKER-USER']);

/** The firewall rules ctr makes. A rule is kept as its values and written out by `ruleSpec`. */
export const ruleSchema = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('masquerade'), subnet, bridge: interfaceName }),
  z.strictObject({ rule: z.literal('between'), chain, bridge: interfaceName }),
  z.strictObject({ rule: z.literal('outward'), chain, bridge: interfaceName }),
  z.strictObject({ rule: z.literal('answers'), chain, bridge: interfaceName }),
]);
export type Rule = z.infer<typeof ruleSchema>;

const shared = z.string().max(200).optional();

/**
 * How a change is taken back, as values: what is stored is never run as text, the command is
 * built again from these (docs/decisions/0004).
 */
export const undoSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('delete-link'),
    link: interfaceName,
    /** Only a link that bears this mark is ours. */
    group: z.int().positive(),
    shared,
  }),
  z.strictObject({
    kind: z.literal('restore-sysctl'),
    key: z.string().regex(/^net(\/[A-Za-z0-9._-]+){2,5}$/),
    value: z.string().regex(/^\d{1,10}$/),
    /** What we set: restored only while it still stands. */
    ours: z.string().regex(/^\d{1,10}$/),
    shared,
  }),
  z.strictObject({ kind: z.literal('delete-rule'), rule: ruleSchema, shared }),
  z.strictObject({ kind: z.literal('end-container'), container: containerName, shared }),
]);
export type Undo = z.infer<typeof undoSchema>;

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
    case 'restore-sysctl':
      return cmd`sysctl -qw ${undo.key}=${undo.value}`;
    case 'delete-rule': {
      const { table, chain: name, spec } = ruleSpec(undo.rule);
      return [...cmd`iptables -w 5 -t ${table} -D ${name}`, ...spec];
    }
    case 'end-container':
      return cmd`kill -s KILL ${pidOf(undo.container)}`;
  }
}
