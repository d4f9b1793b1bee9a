import { markedRun } from '../model/names.ts';
import { isLoopback, portProtocols } from '../model/ports.ts';
import type { PortRule } from '../model/resource.ts';

type Publish = Extract<PortRule, { rule: 'publish' }>;
type Shown = Pick<Publish, 'chain' | 'protocol' | 'address' | 'ports' | 'to'>;

/**
 * A published port as a short line. @returns undefined for the rule about the host's own packets, if another rule says
 * the same of those that arrive.
 */
export function publishedBy({ chain, protocol, address, ports, to }: Shown): string | undefined {
  if (chain === 'OUTPUT' && (address === undefined || !isLoopback(address))) return undefined;
  const at = address === undefined ? '' : `${address}:`;
  return `${at}${ports.replace(':', '-')}/${protocol} DNAT ${to}`;
}

/** The same as nft(8) prints it. */
function nftPortRule(chain: string, text: string): Shown | 'helper' | undefined {
  if (/^iifname \S+ ip daddr 127\.0\.0\.0\/8 /.test(text)) return 'helper';
  if (markedRun(/ comment "([^"]*)"/.exec(text)?.[1] ?? '') === undefined) return undefined;
  const [, protocol, ports, to] = /(\w+) dport (\S+) .*dnat to (\S+)/.exec(text) ?? [];
  const known = portProtocols.find((one) => one === protocol);
  if (known === undefined || ports === undefined || to === undefined) return 'helper';
  const address = /^ip6? daddr (?!!)(\S+)/.exec(text)?.[1];
  return {
    chain: chain === 'output' ? 'OUTPUT' : 'PREROUTING',
    protocol: known,
    ...(address === undefined ? {} : { address }),
    ports,
    to,
  };
}

/**
 * A rule of a published port as iptables-save(8) or nft(8) prints it.
 * @returns `helper` for a rule that only helps another; undefined for a rule of something else.
 */
export function portRuleIn(chain: string, text: string): Shown | 'helper' | undefined {
  if (/ comment "ctr:[^"]*"$/.test(text) && !text.includes('--comment')) {
    return nftPortRule(chain, text);
  }
  const word = (option: string) =>
    new RegExp(`(?:^| )${option} "?([^\\s"]+)"?(?: |$)`).exec(text)?.[1];
  const guards = / -d 127\.0\.0\.0\/8 /.test(` ${text} `);
  if (guards) return 'helper';
  if (markedRun(word('--comment') ?? '') === undefined) return undefined;
  const [protocol, ports, to] = [word('-p'), word('--dport'), word('--to-destination')];
  const known = portProtocols.find((one) => one === protocol);
  if (known === undefined || ports === undefined || to === undefined) return 'helper';
  const address = / ! -d /.test(` ${text}`) ? undefined : word('-d')?.split('/')[0];
  return {
    chain: chain === 'OUTPUT' ? 'OUTPUT' : 'PREROUTING',
    protocol: known,
    ...(address === undefined ? {} : { address }),
    ports,
    to,
  };
}
