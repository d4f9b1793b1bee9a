/** What may hold the firewall rules of a run; `auto`: what those of the host are in. */
export const firewalls = ['iptables', 'nftables', 'auto'] as const;
export type Firewall = (typeof firewalls)[number];
