# shellcheck shell=sh disable=SC2154 # the caller sets them
# To be sourced: makes and removes a bridge whose containers can reach the world, with one command per step.
# The caller sets bridge, gateway (with prefix) and subnet.

bridge_up() {
  if [ -d "/sys/class/net/$bridge" ]; then return; fi
  ip link add name "$bridge" type bridge
  ip addr add "$gateway" broadcast + dev "$bridge"
  ip link set dev "$bridge" up
  # read fails at the end of file: dash reads byte by byte, and /proc/sys returns only the first byte.
  read -r forwarding </proc/sys/net/ipv4/ip_forward || true
  echo "$forwarding" >"/run/$bridge.forwarding"
  echo 1 >/proc/sys/net/ipv4/ip_forward
  iptables -w 5 -A FORWARD -i "$bridge" -o "$bridge" -j ACCEPT
  iptables -w 5 -A FORWARD -i "$bridge" ! -o "$bridge" -j ACCEPT
  iptables -w 5 -A FORWARD -o "$bridge" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
  iptables -w 5 -t nat -A POSTROUTING -s "$subnet" ! -o "$bridge" -j MASQUERADE
}

# Call it after the last container.
bridge_down() {
  if [ ! -e "/run/$bridge.forwarding" ]; then return; fi
  for port in "/sys/class/net/$bridge/brif/"*; do
    if [ -e "$port" ]; then return; fi
  done
  iptables -w 5 -t nat -D POSTROUTING -s "$subnet" ! -o "$bridge" -j MASQUERADE
  iptables -w 5 -D FORWARD -o "$bridge" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
  iptables -w 5 -D FORWARD -i "$bridge" ! -o "$bridge" -j ACCEPT
  iptables -w 5 -D FORWARD -i "$bridge" -o "$bridge" -j ACCEPT
  read -r forwarding <"/run/$bridge.forwarding"
  echo "$forwarding" >/proc/sys/net/ipv4/ip_forward
  ip link del dev "$bridge"
  rm "/run/$bridge.forwarding"
}
