import { type Argv, cmd } from './command.ts';
import { mark } from './names.ts';
import { loopback6 } from './ports.ts';
import type { Rule } from './resource.ts';

export interface RuleSpec {
  readonly table: 'nat' | 'filter' | 'raw';
  readonly chain: string;
  /** Where it is added: before all other rules of its chain (-I), or after them (-A). */
  readonly place: 'first' | 'last';
  readonly spec: Argv;
}

/** A rule's table, chain, place, and arguments for iptables(8) -A, -I or -D. */
export function ruleSpec(rule: Rule): RuleSpec {
  const run = 'run' in rule ? rule.run : undefined;
  const comment = cmd`-m comment --comment ${mark(rule.bridge, run)}` as readonly string[];
  const isSix = toolOf(rule) === 'ip6tables';
  /** The prefix length of a single address, which iptables-save(8) prints. */
  const one = isSix ? '128' : '32';
  switch (rule.rule) {
    case 'masquerade': {
      const except = rule.except === undefined ? [] : cmd`! -d ${rule.except}`;
      return {
        table: 'nat',
        chain: 'POSTROUTING',
        place: 'last',
        spec: cmd`-s ${rule.subnet} ${except as readonly string[]} ! -o ${rule.bridge} ${comment} -j MASQUERADE`,
      };
    }
    case 'between':
      return {
        table: 'filter',
        chain: rule.chain,
        place: 'first',
        spec: cmd`-i ${rule.bridge} -o ${rule.bridge} ${comment} -j ACCEPT`,
      };
    case 'outward':
      return {
        table: 'filter',
        chain: rule.chain,
        place: 'first',
        spec: cmd`-i ${rule.bridge} ! -o ${rule.bridge} ${comment} -j ACCEPT`,
      };
    case 'answers':
      return {
        table: 'filter',
        chain: rule.chain,
        place: 'first',
        spec: cmd`-o ${rule.bridge} -m conntrack --ctstate RELATED,ESTABLISHED ${comment} -j ACCEPT`,
      };
    case 'publish': {
      const { protocol, address, ports, to } = rule;
      const at = address === undefined ? [] : (cmd`-d ${address}/${one}` as readonly string[]);
      const but = (isPastLoopback6(rule) ? cmd`! -d ${loopback6}/128` : []) as readonly string[];
      return {
        table: 'nat',
        chain: rule.chain,
        place: 'first',
        spec: cmd`${at} ${but} -p ${protocol} -m ${protocol} --dport ${ports} -m addrtype --dst-type LOCAL ${comment} -j DNAT --to-destination ${to}`,
      };
    }
    case 'admit': {
      const { protocol, address, ports, bridge } = rule;
      return {
        table: 'filter',
        chain: rule.chain,
        place: 'first',
        spec: cmd`-d ${address}/${one} -o ${bridge} -p ${protocol} -m ${protocol} --dport ${ports} -m conntrack --ctstate DNAT ${comment} -j ACCEPT`,
      };
    }
    case 'hairpin': {
      const from = rule.source === undefined ? [] : (cmd`-s ${rule.source}` as readonly string[]);
      return {
        table: 'nat',
        chain: 'POSTROUTING',
        place: 'first',
        spec: cmd`${from} -d ${rule.address}/${one} -o ${rule.bridge} -m conntrack --ctstate DNAT ${comment} -j MASQUERADE`,
      };
    }
    case 'guard-loopback':
      return {
        table: 'raw',
        chain: 'PREROUTING',
        place: 'first',
        spec: cmd`-d 127.0.0.0/8 -i ${rule.bridge} ${comment} -j DROP`,
      };
  }
}

/**
 * Whether a rule about the packets of the host itself leaves out those for `::1`: translated, they would get no answer,
 * where without the rule a program is refused at once and turns to 127.0.0.1.
 */
export function isPastLoopback6(rule: Rule): boolean {
  return (
    rule.rule === 'publish' &&
    rule.chain === 'OUTPUT' &&
    rule.family === 'ipv6' &&
    rule.address === undefined
  );
}

/** The program that a rule is for. */
export function toolOf(rule: Rule): 'iptables' | 'ip6tables' {
  return 'family' in rule && rule.family === 'ipv6' ? 'ip6tables' : 'iptables';
}

/** The command that adds a rule. */
export function addRule(rule: Rule): Argv {
  const { table, chain, place, spec } = ruleSpec(rule);
  const tool = toolOf(rule);
  return [...cmd`${tool} -w 5 -t ${table} ${place === 'first' ? '-I' : '-A'} ${chain}`, ...spec];
}
