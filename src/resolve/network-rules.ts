import type { Facts } from '../facts/index.ts';
import type { LabNetwork } from '../model/lab.ts';
import type { Rule } from '../model/resource.ts';

interface Place {
  readonly firewall: Pick<Facts['firewall'], 'dockerUser'>;
}

/** Where rules for what is passed on have a say. */
export function forwardingChain({ firewall }: Place): 'DOCKER-USER' | 'FORWARD' {
  return firewall.dockerUser ? 'DOCKER-USER' : 'FORWARD';
}

/** What lets a network's packets pass, in the order in which they are put first. */
export function acceptRules({ bridge }: LabNetwork, facts: Place): readonly Rule[] {
  const chain = forwardingChain(facts);
  return [
    { rule: 'between', chain, bridge },
    { rule: 'outward', chain, bridge },
    { rule: 'answers', chain, bridge },
  ];
}

export function masqueradeRule({ subnet, bridge }: LabNetwork): Rule {
  return { rule: 'masquerade', subnet, bridge };
}

/** The sysctl of one interface, with slashes: an interface name may hold a dot (sysctl(8)). */
export function forwardingKey(link: string): string {
  return `net/ipv4/conf/${link}/forwarding`;
}
