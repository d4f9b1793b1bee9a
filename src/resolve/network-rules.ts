import type { Facts } from '../facts/index.ts';
import type { LabNetwork } from '../model/lab.ts';
import type { Rule } from '../model/resource.ts';

interface Place {
  readonly firewall: Pick<Facts['firewall'], 'dockerUser'>;
}

/** The chain for rules about forwarded packets. */
export function forwardingChain({ firewall }: Place): 'DOCKER-USER' | 'FORWARD' {
  return firewall.dockerUser ? 'DOCKER-USER' : 'FORWARD';
}

/** The rules that let a network's packets pass, in the order in which they are inserted. */
export function acceptRules({ bridge }: LabNetwork, facts: Place): readonly Rule[] {
  const chain = forwardingChain(facts);
  return [
    { rule: 'between', chain, bridge },
    { rule: 'outward', chain, bridge },
    { rule: 'answers', chain, bridge },
  ];
}

export function masqueradeRule({ subnet, bridge, masqueradeExcept }: LabNetwork): Rule {
  const rule = { rule: 'masquerade', subnet, bridge } as const;
  return masqueradeExcept === undefined ? rule : { ...rule, except: masqueradeExcept };
}

/** The same rules for IPv6. Docker's chain is not needed: its rules let packets of other bridges pass on. */
export function acceptRules6(bridge: string): readonly Rule[] {
  const chain = 'FORWARD';
  return (['between', 'outward', 'answers'] as const).map((rule) => ({
    rule,
    chain,
    bridge,
    family: 'ipv6',
  }));
}

export function masquerade6Rule(subnet: string, bridge: string): Rule {
  return { rule: 'masquerade', subnet, bridge, family: 'ipv6' };
}

/** Forwarding of IPv6 for the whole host. */
export const allForwardingKey = 'net/ipv6/conf/all/forwarding';

/** Forwarding of IPv6 on one interface (Linux 6.17). */
export function forceForwardingKey(link: string): string {
  return `net/ipv6/conf/${link}/force_forwarding`;
}

/** The forwarding sysctl of an interface, with slashes since interface names may contain dots (sysctl(8)). */
export function forwardingKey(link: string): string {
  return `net/ipv4/conf/${link}/forwarding`;
}
