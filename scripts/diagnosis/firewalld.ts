/** A ruleset like that of firewalld 1.x with the bridges in the zone "trusted" and the uplink in "public". */
export const firewalld: readonly string[] = [
  `nft -f - <<'RULES'
table inet firewalld {
  chain mangle_PREROUTING { type filter hook prerouting priority mangle + 10; policy accept; }
  chain filter_INPUT {
    type filter hook input priority filter + 10; policy accept;
    ct state { established, related } accept
    ct status dnat accept
    iifname "lo" accept
    ct state invalid drop
    jump filter_IN_ZONES
    reject with icmpx type admin-prohibited
  }
  chain filter_IN_ZONES {
    iifname "br-*" accept
    meta l4proto { icmp, ipv6-icmp } accept
    tcp dport { 22, 8080 } ct state new accept
    udp dport 4789 ct state new accept
  }
  chain filter_FORWARD {
    type filter hook forward priority filter + 10; policy accept;
    ct state { established, related } accept
    ct status dnat accept
    iifname "lo" accept
    ct state invalid drop
    jump filter_FWD_ZONES
    reject with icmpx type admin-prohibited
  }
  chain filter_FWD_ZONES {
    iifname "br-*" accept
  }
  chain filter_OUTPUT {
    type filter hook output priority filter + 10; policy accept;
    ct state { established, related } accept
    oifname "lo" accept
  }
  chain nat_POSTROUTING { type nat hook postrouting priority srcnat + 10; policy accept; }
}
RULES`,
];
