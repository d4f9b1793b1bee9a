import type { Config } from '../config/schema.ts';
import type { Facts } from '../facts/index.ts';
import type { ChainFact } from '../filter/chain.ts';

/** Whether iptables(8) shows the chain: rules that only nft(8) shows may also stand in a table of iptables. */
function isOfIptables({ tool }: ChainFact): boolean {
  return tool !== 'nft';
}

/**
 * What a lab's rules go into. `auto` follows the host: an accept of ours helps only in the table whose own rules or
 * policy would drop, so chains of iptables(8) decide. On a host without any rules it is iptables, if that is installed.
 */
export function firewallOf(
  wanted: Config['firewall'],
  { firewall, tools }: Pick<Facts, 'firewall' | 'tools'>,
): 'iptables' | 'nftables' {
  if (wanted !== 'auto') return wanted ?? 'iptables';
  if (tools.nft == null) return 'iptables';
  if (tools.iptables == null) return 'nftables';
  const { chains } = firewall;
  return chains.length > 0 && !chains.some(isOfIptables) ? 'nftables' : 'iptables';
}
