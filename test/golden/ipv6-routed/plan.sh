#!/bin/sh
# ctr plan of lab as a script: brings it up, waits for its first command, undoes everything.
# Run it as root: sh THIS-FILE. It needs no ctr and no Node.
# The first container gets this script's standard input and output. On a terminal, it gets its own pseudo-terminal.
# If sh reads this script from standard input (ctr plan … | sh), the container reads from the terminal, if there is one.
# The shells that this script starts expand what is in single quotes.
# shellcheck disable=SC1003,SC2016
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 022
cd /

# The ip of busybox lacks features that are needed here.
ip -V 2>/dev/null | grep -q iproute2 || {
  echo "this script needs ip from iproute2, and a shell without a builtin ip" >&2
  exit 4
}

# A child reports its pid on one pipe and waits for a line on another, the gate.
# The child has the gate on descriptor 3, the pipe for its pid on 4, and its program's standard error on 5.
dir=$(mktemp -d)
mkfifo "$dir/gate" "$dir/pid" "$dir/keys"
: >"$dir/said"
# Descriptor 7 is the first container's standard input.
case $- in
  *s*) if (: </dev/tty) 2>/dev/null; then exec 7</dev/tty; else exec 7</dev/null; fi ;;
  *)
    if [ -f /proc/self/fd/0 ] || [ -b /proc/self/fd/0 ]; then
      mkfifo "$dir/input"
      exec 7<&0
      cat <&7 >"$dir/input" &
      exec 7<"$dir/input"
    elif [ -d /proc/self/fd/0 ] || ! [ -e /proc/self/fd/0 ]; then exec 7</dev/null
    else exec 7<&0; fi ;;
esac
exec 8<>"$dir/gate" 9<>"$dir/pid"

# Empty without a terminal; otherwise the terminal settings, to be restored at the end.
terminal=
if [ -t 7 ] && [ -t 1 ]; then terminal=$(stty -g <&7); fi

# Some lines differ when the container gets a terminal.
on_terminal() { if [ -n "$terminal" ]; then sed "$1"; else cat; fi; }

# Ctrl-C goes to the container. If its process 1 has no handler, the kernel drops the signal, and this script ends everything.
deaf() {
  pid=$(cat "$dir/first" 2>/dev/null) && stat=$(cat "/proc/$pid/stat" 2>/dev/null) || return 1
  # shellcheck disable=SC2086
  set -- "$1" ${stat##*) }
  [ "$4" = "$7" ] && ! grep -Eq "^Sig(Blk|Ign|Cgt):.*[$1]\$" "/proc/$pid/status"
}
lost() {
  case $(stty -a <"/proc/$pid/fd/1" 2>/dev/null) in *-isig*) return 1 ;; esac
  sleep 0.2
  deaf "$1"
}
watch_keys() {
  while keys=$(dd bs=4096 count=1 2>/dev/null | od -An -v -tx1) && [ -n "$keys" ]; do
    case $keys in
      *' 03'*) if deaf 2367abef && lost 2367abef; then kill -s INT "$$"; fi ;;
      *' 1c'*) if deaf 4567cdef && lost 4567cdef; then kill -s QUIT "$$"; fi ;;
    esac
  done
}

# Each function undoes one change, if it was made and still exists.
undo_1_1() {
  [ -n "${made_1_1-}" ] || return 0
  ip -d link show dev ctr0 2>/dev/null | grep -q " group 1129578496 " || return 0
  if { ip -o link show master ctr0; ip -o -d link show | grep -E '@ctr0: | dev ctr0 '
    ip -o link show dev ctr0 | grep ' master '
    ip -o addr show dev ctr0 scope global | grep -v ' 10.88.0.1/24 ' | grep -v ' fd00:88::1/64 '; } | grep -q .
  then echo "others use ctr0, so it stays" >&2; return 0; fi
  said=$(ip link del dev ctr0 2>&1) || ! ip link show dev ctr0 >/dev/null 2>&1 || echo "$said" >&2
}
undo_2_1() {
  [ -n "${made_2_1-}" ] || return 0
  ip -d link show dev ctr1 2>/dev/null | grep -q " group 1129578496 " || return 0
  if { ip -o link show master ctr1; ip -o -d link show | grep -E '@ctr1: | dev ctr1 '
    ip -o link show dev ctr1 | grep ' master '
    ip -o addr show dev ctr1 scope global | grep -v ' 10.89.0.1/24 ' | grep -v ' fd30:bba4:5171::1/64 '; } | grep -q .
  then echo "others use ctr1, so it stays" >&2; return 0; fi
  said=$(ip link del dev ctr1 2>&1) || ! ip link show dev ctr1 >/dev/null 2>&1 || echo "$said" >&2
}
undo_3_1() {
  [ -n "${made_3_1-}" ] || return 0
  ip -d link show dev veth-web-0 2>/dev/null | grep -q " group 1129606507 " || return 0
  said=$(ip link del dev veth-web-0 2>&1) || ! ip link show dev veth-web-0 >/dev/null 2>&1 || echo "$said" >&2
}
undo_7_1() {
  [ -n "${made_7_1-}" ] || return 0
  ip -d link show dev veth-web-1 2>/dev/null | grep -q " group 1129606507 " || return 0
  said=$(ip link del dev veth-web-1 2>&1) || ! ip link show dev veth-web-1 >/dev/null 2>&1 || echo "$said" >&2
}
undo_11_1() {
  [ -n "${made_11_1-}" ] || return 0
  [ -n "${web_pid-}" ] || { kill "${web_pid_parent-}" 2>/dev/null; return 0; }
  kill -s KILL "$web_pid" 2>/dev/null
  wait "$web_pid_parent" 2>/dev/null
}
undo_21_1() {
  [ -n "${made_21_1-}" ] || return 0
  ip -d link show dev veth-db 2>/dev/null | grep -q " group 1129606507 " || return 0
  said=$(ip link del dev veth-db 2>&1) || ! ip link show dev veth-db >/dev/null 2>&1 || echo "$said" >&2
}
undo_25_1() {
  [ -n "${made_25_1-}" ] || return 0
  [ -n "${db_pid-}" ] || { kill "${db_pid_parent-}" 2>/dev/null; return 0; }
  kill -s KILL "$db_pid" 2>/dev/null
  wait "$db_pid_parent" 2>/dev/null
}
undo_32_1() {
  [ -n "${made_32_1-}" ] || return 0
  [ "$(cat /proc/sys/net/ipv4/conf/ctr0/forwarding 2>/dev/null)" = 1 ] || return 0
  [ "$(cat /proc/sys/net/ipv4/ip_forward 2>/dev/null)" = 0 ] || return 0
  [ "$(cat /proc/sys/net/ipv4/conf/default/forwarding 2>/dev/null)" = 0 ] || return 0
  sysctl -qw net/ipv4/conf/ctr0/forwarding=0
}
undo_32_2() {
  [ -n "${made_32_2-}" ] || return 0
  [ "$(cat /proc/sys/net/ipv4/conf/wan0/forwarding 2>/dev/null)" = 1 ] || return 0
  [ "$(cat /proc/sys/net/ipv4/ip_forward 2>/dev/null)" = 0 ] || return 0
  [ "$(cat /proc/sys/net/ipv4/conf/default/forwarding 2>/dev/null)" = 0 ] || return 0
  sysctl -qw net/ipv4/conf/wan0/forwarding=0
}
undo_32_3() {
  [ -n "${made_32_3-}" ] || return 0
  [ "$(cat /proc/sys/net/ipv6/conf/all/forwarding 2>/dev/null)" = 1 ] || return 0
  sysctl -qw net/ipv6/conf/all/forwarding=0
}
undo_33_1() {
  [ -n "${made_33_1-}" ] || return 0
  iptables -w 5 -t filter -D FORWARD -i ctr0 -o ctr0 -m comment --comment ctr:ctr0 -j ACCEPT
}
undo_33_2() {
  [ -n "${made_33_2-}" ] || return 0
  iptables -w 5 -t filter -D FORWARD -i ctr0 ! -o ctr0 -m comment --comment ctr:ctr0 -j ACCEPT
}
undo_33_3() {
  [ -n "${made_33_3-}" ] || return 0
  iptables -w 5 -t filter -D FORWARD -o ctr0 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment ctr:ctr0 -j ACCEPT
}
undo_33_4() {
  [ -n "${made_33_4-}" ] || return 0
  ip6tables -w 5 -t filter -D FORWARD -i ctr0 -o ctr0 -m comment --comment ctr:ctr0 -j ACCEPT
}
undo_33_5() {
  [ -n "${made_33_5-}" ] || return 0
  ip6tables -w 5 -t filter -D FORWARD -i ctr0 ! -o ctr0 -m comment --comment ctr:ctr0 -j ACCEPT
}
undo_33_6() {
  [ -n "${made_33_6-}" ] || return 0
  ip6tables -w 5 -t filter -D FORWARD -o ctr0 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment ctr:ctr0 -j ACCEPT
}
undo_34_1() {
  [ -n "${made_34_1-}" ] || return 0
  iptables -w 5 -t nat -D POSTROUTING -s 10.88.0.0/24 ! -o ctr0 -m comment --comment ctr:ctr0 -j MASQUERADE
}
undo_35_1() {
  [ -n "${made_35_1-}" ] || return 0
  [ "$(cat /proc/sys/net/ipv4/conf/ctr1/forwarding 2>/dev/null)" = 1 ] || return 0
  [ "$(cat /proc/sys/net/ipv4/ip_forward 2>/dev/null)" = 0 ] || return 0
  [ "$(cat /proc/sys/net/ipv4/conf/default/forwarding 2>/dev/null)" = 0 ] || return 0
  sysctl -qw net/ipv4/conf/ctr1/forwarding=0
}
undo_35_2() {
  [ -n "${made_35_2-}" ] || return 0
  [ "$(cat /proc/sys/net/ipv4/conf/wan0/forwarding 2>/dev/null)" = 1 ] || return 0
  [ "$(cat /proc/sys/net/ipv4/ip_forward 2>/dev/null)" = 0 ] || return 0
  [ "$(cat /proc/sys/net/ipv4/conf/default/forwarding 2>/dev/null)" = 0 ] || return 0
  sysctl -qw net/ipv4/conf/wan0/forwarding=0
}
undo_35_3() {
  [ -n "${made_35_3-}" ] || return 0
  [ "$(cat /proc/sys/net/ipv6/conf/all/forwarding 2>/dev/null)" = 1 ] || return 0
  sysctl -qw net/ipv6/conf/all/forwarding=0
}
undo_36_1() {
  [ -n "${made_36_1-}" ] || return 0
  iptables -w 5 -t filter -D FORWARD -i ctr1 -o ctr1 -m comment --comment ctr:ctr1 -j ACCEPT
}
undo_36_2() {
  [ -n "${made_36_2-}" ] || return 0
  iptables -w 5 -t filter -D FORWARD -i ctr1 ! -o ctr1 -m comment --comment ctr:ctr1 -j ACCEPT
}
undo_36_3() {
  [ -n "${made_36_3-}" ] || return 0
  iptables -w 5 -t filter -D FORWARD -o ctr1 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment ctr:ctr1 -j ACCEPT
}
undo_36_4() {
  [ -n "${made_36_4-}" ] || return 0
  ip6tables -w 5 -t filter -D FORWARD -i ctr1 -o ctr1 -m comment --comment ctr:ctr1 -j ACCEPT
}
undo_36_5() {
  [ -n "${made_36_5-}" ] || return 0
  ip6tables -w 5 -t filter -D FORWARD -i ctr1 ! -o ctr1 -m comment --comment ctr:ctr1 -j ACCEPT
}
undo_36_6() {
  [ -n "${made_36_6-}" ] || return 0
  ip6tables -w 5 -t filter -D FORWARD -o ctr1 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment ctr:ctr1 -j ACCEPT
}
undo_37_1() {
  [ -n "${made_37_1-}" ] || return 0
  ip6tables -w 5 -t nat -D POSTROUTING -s fd30:bba4:5171::/64 ! -o ctr1 -m comment --comment ctr:ctr1 -j MASQUERADE
}
step='before the first step'
finish() {
  code=$?
  trap '' HUP INT QUIT TERM
  trap - EXIT
  set +e
  if [ -n "$step" ]; then
    echo "this step failed, undoing everything: $step" >&2
    grep -v "^Joined session keyring" "$dir/said" >&2
    code=5
  fi
  undo_25_1
  undo_11_1
  undo_21_1
  undo_7_1
  undo_3_1
  undo_2_1
  undo_1_1
  undo_35_3
  undo_35_2
  undo_35_1
  undo_32_3
  undo_32_2
  undo_32_1
  undo_36_3
  undo_36_2
  undo_36_1
  undo_34_1
  undo_33_3
  undo_33_2
  undo_33_1
  undo_37_1
  undo_36_6
  undo_36_5
  undo_36_4
  undo_33_6
  undo_33_5
  undo_33_4
  [ -z "$terminal" ] || { kill "${watcher-}" 2>/dev/null; stty "$terminal" <&7; }
  rm -rf "$dir"
  exit "$code"
}
trap finish EXIT
trap 'step=; exit 129' HUP
trap 'step=; exit 130' INT
trap 'step=; exit 131' QUIT
trap 'step=; exit 143' TERM

# Reads the pid that a child reports; for a dead child it reads "none".
read_pid() {
  (while grep -qs "^State:.[^ZX]" "/proc/$1/status"; do sleep 0.1; done; echo none none >"$dir/pid") 9>&- &
  watch=$!
  read -r _ pid <&9
  kill "$watch" 2>/dev/null || :
  [ "$pid" != none ]
}

# ── 1. Create bridge ctr0
# A bridge is a switch inside the kernel, and 10.88.0.1 is the host's own address on it, which the
# containers use as their gateway. Without a fixed MAC the bridge would take the lowest one of its
# ports, and change it whenever a port comes or goes. The number after group is a label, by which
# ctr later recognises the interfaces that it created. The sysctls come first: the interface takes
# no address and no route from router advertisements (accept_ra, autoconf), and does not wait a
# second for duplicate address detection (accept_dad, nodad), since ctr itself hands out the
# addresses of this subnet and gives none twice.
step='1 ensure-bridge front'
made_1_1=yes
ip link add name ctr0 address 02:5b:ea:2d:df:c4 group 1129578496 type bridge
ip addr add 10.88.0.1/24 broadcast + dev ctr0
sysctl -qw net/ipv6/conf/ctr0/disable_ipv6=0 net/ipv6/conf/ctr0/accept_ra=0 net/ipv6/conf/ctr0/autoconf=0 net/ipv6/conf/ctr0/accept_dad=0
ip addr add fd00:88::1/64 dev ctr0 nodad
ip link set dev ctr0 up

# ── 2. Create bridge ctr1
# A bridge is a switch inside the kernel, and 10.89.0.1 is the host's own address on it, which the
# containers use as their gateway. Without a fixed MAC the bridge would take the lowest one of its
# ports, and change it whenever a port comes or goes. The number after group is a label, by which
# ctr later recognises the interfaces that it created. The sysctls come first: the interface takes
# no address and no route from router advertisements (accept_ra, autoconf), and does not wait a
# second for duplicate address detection (accept_dad, nodad), since ctr itself hands out the
# addresses of this subnet and gives none twice.
step='2 ensure-bridge back'
made_2_1=yes
ip link add name ctr1 address 02:5b:ea:2d:dd:72 group 1129578496 type bridge
ip addr add 10.89.0.1/24 broadcast + dev ctr1
sysctl -qw net/ipv6/conf/ctr1/disable_ipv6=0 net/ipv6/conf/ctr1/accept_ra=0 net/ipv6/conf/ctr1/autoconf=0 net/ipv6/conf/ctr1/accept_dad=0
ip addr add fd30:bba4:5171::1/64 dev ctr1 nodad
ip link set dev ctr1 up

# ── 3. Create veth pair veth-web-0 - veth-web-0-c
# A veth pair is a virtual cable: what enters one end leaves the other. Both ends start on the
# host; the one whose name ends in c goes into the container. The number after group is the label
# by which ctr recognises the interfaces of this run, and the altname is a second name, which says
# what the veth pair is for.
step='3 create-veth web/eth0'
made_3_1=yes
ip link add name veth-web-0 mtu 1500 address 02:8f:0e:68:48:e6 group 1129606507 type veth peer name veth-web-0-c mtu 1500 address 02:42:99:03:25:8b group 1129606507
ip link property add dev veth-web-0 altname ctr:lab.web.eth0

# ── 4. Give veth-web-0 the MAC fe:8f:0e:68:48:e6
# A bridge without a fixed MAC takes the lowest MAC of its ports. One that begins with fe hardly
# ever is the lowest: fe is the highest first byte of a unicast MAC, the address of one interface.
# The tutorial does this for docker0, the bridge of Docker; a bridge that ctr creates has a fixed
# MAC, so here the step only shows how it is done.
step='4 set-mac web/eth0'
ip link set dev veth-web-0 address fe:8f:0e:68:48:e6

# ── 5. Attach veth-web-0 to bridge ctr0
# The host's end of the veth pair becomes a port of the bridge. From now on the bridge forwards
# the frames that it receives on this port.
step='5 attach-bridge web/eth0'
ip link set dev veth-web-0 master ctr0

# ── 6. Switch veth-web-0 on
# A new interface is switched off. This command switches on the host's end; ip link shows it as
# LOWERLAYERDOWN (no carrier) until the other end is switched on as well.
step='6 raise-link web/eth0'
ip link set dev veth-web-0 up

# ── 7. Create veth pair veth-web-1 - veth-web-1-c
# A veth pair is a virtual cable: what enters one end leaves the other. Both ends start on the
# host; the one whose name ends in c goes into the container. The number after group is the label
# by which ctr recognises the interfaces of this run, and the altname is a second name, which says
# what the veth pair is for.
step='7 create-veth web/eth1'
made_7_1=yes
ip link add name veth-web-1 mtu 1500 address 02:8f:0e:68:4e:b4 group 1129606507 type veth peer name veth-web-1-c mtu 1500 address 02:42:99:03:26:5f group 1129606507
ip link property add dev veth-web-1 altname ctr:lab.web.eth1

# ── 8. Give veth-web-1 the MAC fe:8f:0e:68:4e:b4
# A bridge without a fixed MAC takes the lowest MAC of its ports. One that begins with fe hardly
# ever is the lowest: fe is the highest first byte of a unicast MAC, the address of one interface.
# The tutorial does this for docker0, the bridge of Docker; a bridge that ctr creates has a fixed
# MAC, so here the step only shows how it is done.
step='8 set-mac web/eth1'
ip link set dev veth-web-1 address fe:8f:0e:68:4e:b4

# ── 9. Attach veth-web-1 to bridge ctr1
# The host's end of the veth pair becomes a port of the bridge. From now on the bridge forwards
# the frames that it receives on this port.
step='9 attach-bridge web/eth1'
ip link set dev veth-web-1 master ctr1

# ── 10. Switch veth-web-1 on
# A new interface is switched off. This command switches on the host's end; ip link shows it as
# LOWERLAYERDOWN (no carrier) until the other end is switched on as well.
step='10 raise-link web/eth1'
ip link set dev veth-web-1 up

# ── 11. Start web in its own namespaces, and make it wait
# unshare gives the process its own network, process IDs, mounts, host name and IPC, setsid
# detaches it from your terminal, and setpriv leaves it few capabilities. The process then waits
# until ctr writes a line into its pipe, in the last step: until then no program of the container
# runs. Descriptor 3 is that pipe; on 4 the process tells ctr its pid, and 5 is the standard error
# that the container's program gets.
step='11 start-child web'
made_11_1=yes
if [ -n "$terminal" ]; then
  watch_keys <"$dir/keys" 8<&- 9<&- &
  watcher=$!
  env --default-signal=INT,QUIT -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root HOSTNAME=web TERM="${TERM:-linux}" setpriv --pdeathsig KILL unshare --mount --propagation private sh -euc 'mount --no-mtab -t devpts -o newinstance,ptmxmode=0666,mode=0620,nosuid,noexec devpts /dev/pts; exec "$@"' sh script --log-in "$dir/keys" --quiet --return --flush --echo always --command 'exec setpriv --pdeathsig KILL unshare --fork --kill-child --net --pid --mount --uts --ipc --cgroup --propagation private setpriv --bounding-set -all,+chown,+dac_override,+fsetid,+fowner,+net_raw,+setgid,+setuid,+setfcap,+setpcap,+net_bind_service,+sys_chroot,+kill,+audit_write --inh-caps -all --no-new-privs sh -c '\''read -r pid rest </proc/self/stat; echo "$0 $pid" >&4; exec 4>&-; read -r go <&3 || exit 97; exec 3<&- 2>&5 5>&-; cd "$1" || exit 126; shift; while [ "$1" != -- ]; do export "$1"; shift; done; shift; exec "$@"'\'' ctr:lab/web / '\''PS1=web:$PWD# '\'' -- /bin/sh 6>&2 2>&5 5>&6 6>&-' --log-out /dev/null <&7 3<"$dir/gate" 4>"$dir/pid" 2>>"$dir/said" 5>>"$dir/said" 7<&- 8<&- 9<&- &
else
  env --default-signal=INT,QUIT -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root HOSTNAME=web setsid setpriv --pdeathsig KILL unshare --fork --kill-child --net --pid --mount --uts --ipc --cgroup --propagation private setpriv --bounding-set -all,+chown,+dac_override,+fsetid,+fowner,+net_raw,+setgid,+setuid,+setfcap,+setpcap,+net_bind_service,+sys_chroot,+kill,+audit_write --inh-caps -all --no-new-privs sh -c 'read -r pid rest </proc/self/stat; echo "$0 $pid" >&4; exec 4>&-; read -r go <&3 || exit 97; exec 3<&- 2>&5 5>&-; cd "$1" || exit 126; shift; exec "$@"' ctr:lab/web / /bin/sh <&7 3<"$dir/gate" 4>"$dir/pid" 5>&2 2>>"$dir/said" 7<&- 8<&- 9<&- &
fi
web_pid_parent=$!
read_pid "$web_pid_parent"
web_pid=$pid
echo "$pid" >"$dir/first"

# ── 12. Move veth-web-0-c into web as eth0
# The other end of the veth pair moves into the network namespace of the waiting process. A move
# switches an interface off and removes its addresses, so ctr sets the address later.
step='12 move-link web/eth0'
ip link set dev veth-web-0-c netns "$web_pid" name eth0

# ── 13. Give eth0 in web the address 10.88.0.2/24, fd00:88::80/64
# All interfaces of a new network namespace are down, even loopback, so ctr switches lo on as
# well. /24 means that 10.88.0.0/24 is directly reachable through eth0: when eth0 comes up, the
# kernel adds that route itself. The sysctls come first: the interface takes no address and no
# route from router advertisements (accept_ra, autoconf), and does not wait a second for duplicate
# address detection (accept_dad, nodad), since ctr itself hands out the addresses of this subnet
# and gives none twice.
step='13 configure-address web/eth0'
nsenter --target "$web_pid" --net sysctl -qw net/ipv6/conf/eth0/disable_ipv6=0 net/ipv6/conf/eth0/accept_ra=0 net/ipv6/conf/eth0/autoconf=0 net/ipv6/conf/eth0/accept_dad=0
nsenter --target "$web_pid" --net ip link set dev lo up
nsenter --target "$web_pid" --net ip addr add 10.88.0.2/24 broadcast 10.88.0.255 dev eth0
nsenter --target "$web_pid" --net ip addr add fd00:88::80/64 dev eth0 nodad
nsenter --target "$web_pid" --net ip link set dev eth0 up

# ── 14. Send everything else to the gateway 10.88.0.1 or fd00:88::1
# A packet for an address outside the directly connected subnet needs a next hop. The default
# route says that this next hop is the gateway.
step='14 configure-route web/eth0'
nsenter --target "$web_pid" --net ip route add default via 10.88.0.1 dev eth0
nsenter --target "$web_pid" --net ip route add default via fd00:88::1 dev eth0

# ── 15. Move veth-web-1-c into web as eth1
# The other end of the veth pair moves into the network namespace of the waiting process. A move
# switches an interface off and removes its addresses, so ctr sets the address later.
step='15 move-link web/eth1'
ip link set dev veth-web-1-c netns "$web_pid" name eth1

# ── 16. Give eth1 in web the address 10.89.0.2/24, fd30:bba4:5171::2/64
# All interfaces of a new network namespace are down, even loopback, so ctr switches lo on as
# well. /24 means that 10.89.0.0/24 is directly reachable through eth1: when eth1 comes up, the
# kernel adds that route itself. The sysctls come first: the interface takes no address and no
# route from router advertisements (accept_ra, autoconf), and does not wait a second for duplicate
# address detection (accept_dad, nodad), since ctr itself hands out the addresses of this subnet
# and gives none twice.
step='16 configure-address web/eth1'
nsenter --target "$web_pid" --net sysctl -qw net/ipv6/conf/eth1/disable_ipv6=0 net/ipv6/conf/eth1/accept_ra=0 net/ipv6/conf/eth1/autoconf=0 net/ipv6/conf/eth1/accept_dad=0
nsenter --target "$web_pid" --net ip link set dev lo up
nsenter --target "$web_pid" --net ip addr add 10.89.0.2/24 broadcast 10.89.0.255 dev eth1
nsenter --target "$web_pid" --net ip addr add fd30:bba4:5171::2/64 dev eth1 nodad
nsenter --target "$web_pid" --net ip link set dev eth1 up

# ── 17. Mount a tmpfs to build web's root in
# A tmpfs is a file system in memory. ctr mounts it on /mnt in the container's own mount
# namespace, so the host's /mnt does not change. What the container writes goes into this tmpfs,
# and its root file system is not modified.
step='17 stage-root web'
nsenter --target "$web_pid" --mount mount --no-mtab -t tmpfs -o mode=01755 ctr /mnt
nsenter --target "$web_pid" --mount sh -euc 'cd /mnt; [ -k . ]; mkdir -p upper/etc work root helper dev/pts dev/shm dev/mqueue dev/.ctr; cd dev; for file in null zero full random urandom tty ptmx ../helper/setpriv ../helper/chroot ../helper/env ../helper/libcap-ng.so.0 ../helper/libc.so.6 ../helper/ld-linux-x86-64.so.2; do : >"$file"; done; cp -P /dev/fd /dev/stdin /dev/stdout /dev/stderr . 2>/dev/null || { rm -f fd std*; ln -s /proc/self/fd fd; ln -s fd/0 stdin; ln -s fd/1 stdout; ln -s fd/2 stderr; }'

# ── 18. Set web's host name and name resolution
# To look up a name, a program usually reads /etc/hosts first, and then asks the servers in
# /etc/resolv.conf. ctr writes these files into what becomes the writable layer of the overlay,
# not into the root file system. In the root file system, etc/hosts may be a symbolic link to a
# file of the host, and writing to it would change that file.
step='18 write-names web'
nsenter --target "$web_pid" --uts hostname web
nsenter --target "$web_pid" --mount tee /mnt/upper/etc/hostname >/dev/null <<'EOF'
web
EOF
nsenter --target "$web_pid" --mount tee /mnt/upper/etc/hosts >/dev/null <<'EOF'
127.0.0.1 localhost
::1 localhost ip6-localhost ip6-loopback
10.88.0.2 web
fd00:88::80 web
10.89.0.3 db
fd30:bba4:5171::3 db
EOF
nsenter --target "$web_pid" --mount tee /mnt/upper/etc/resolv.conf >/dev/null <<'EOF'
nameserver 2001:db8:ffff::1
nameserver 198.51.100.1
EOF

# ── 19. Build web's root file system with an overlay
# An overlay puts an empty writable layer over the read-only root file system. /proc, /sys and
# /dev are new; files through which a process could change settings of the kernel are read-only or
# hidden. ctr runs the host's mount program inside the container's namespaces, and no program of
# the container's root file system.
step='19 mount-root web'
on_terminal '5c\
/dev/pts /mnt/root/dev/pts none bind,nosuid,noexec 0 0' <<'EOF' | nsenter --target "$web_pid" --mount --pid --net --ipc tee /mnt/fstab >/dev/null
overlay /mnt/root overlay lowerdir=/srv/labex,upperdir=/mnt/upper,workdir=/mnt/work,nosuid,nodev 0 0
proc /mnt/root/proc proc nosuid,nodev,noexec,x-mount.mkdir 0 0
sysfs /mnt/root/sys sysfs ro,nosuid,nodev,noexec,x-mount.mkdir 0 0
/mnt/dev /mnt/root/dev none bind,nosuid,noexec,x-mount.mkdir 0 0
devpts /mnt/root/dev/pts devpts newinstance,ptmxmode=0666,mode=0620,nosuid,noexec 0 0
/mnt/root/dev/pts/ptmx /mnt/root/dev/ptmx none bind,nosuid,noexec 0 0
tmpfs /mnt/root/dev/shm tmpfs mode=1777,size=64m,nosuid,nodev,noexec 0 0
mqueue /mnt/root/dev/mqueue mqueue nosuid,nodev,noexec 0 0
/dev/null /mnt/root/dev/null none bind,nosuid,noexec 0 0
/dev/zero /mnt/root/dev/zero none bind,nosuid,noexec 0 0
/dev/full /mnt/root/dev/full none bind,nosuid,noexec 0 0
/dev/random /mnt/root/dev/random none bind,nosuid,noexec 0 0
/dev/urandom /mnt/root/dev/urandom none bind,nosuid,noexec 0 0
/dev/tty /mnt/root/dev/tty none bind,nosuid,noexec 0 0
/mnt/root/proc/bus /mnt/root/proc/bus none bind,ro,nosuid,nodev,noexec 0 0
/mnt/root/proc/fs /mnt/root/proc/fs none bind,ro,nosuid,nodev,noexec 0 0
/mnt/root/proc/irq /mnt/root/proc/irq none bind,ro,nosuid,nodev,noexec 0 0
/mnt/root/proc/sys /mnt/root/proc/sys none bind,ro,nosuid,nodev,noexec 0 0
/dev/null /mnt/root/proc/keys none bind,nosuid,noexec 0 0
/dev/null /mnt/root/proc/timer_list none bind,nosuid,noexec 0 0
tmpfs /mnt/root/proc/acpi tmpfs ro,size=4k,nosuid,nodev,noexec 0 0
/mnt/helper /mnt/root/dev/.ctr none bind,ro,nosuid,nodev 0 0
/usr/bin/setpriv /mnt/root/dev/.ctr/setpriv none bind,ro,nosuid,nodev 0 0
/usr/sbin/chroot /mnt/root/dev/.ctr/chroot none bind,ro,nosuid,nodev 0 0
/usr/bin/env /mnt/root/dev/.ctr/env none bind,ro,nosuid,nodev 0 0
/lib/x86_64-linux-gnu/libcap-ng.so.0 /mnt/root/dev/.ctr/libcap-ng.so.0 none bind,ro,nosuid,nodev 0 0
/lib/x86_64-linux-gnu/libc.so.6 /mnt/root/dev/.ctr/libc.so.6 none bind,ro,nosuid,nodev 0 0
/lib64/ld-linux-x86-64.so.2 /mnt/root/dev/.ctr/ld-linux-x86-64.so.2 none bind,ro,nosuid,nodev 0 0
EOF
nsenter --target "$web_pid" --mount --pid --net --ipc mount --no-mtab --all --fstab /mnt/fstab

# ── 20. Make the new root web's /, and detach the host's root
# chroot only changes where the lookup of a path starts, and a process can climb out of it, so
# pivot_root makes the new root the / of the whole mount namespace, and moves the old one to a
# directory in it, /dev/.ctr. umount then detaches the old root: no path leads back to it, and
# /dev/.ctr shows the read-only copies of setpriv, chroot and env that ctr exec uses. The line
# with test -e changes nothing: it checks that setpriv can be seen there, which is so only once
# the old root is gone.
step='20 pivot-root web'
nsenter --target "$web_pid" --mount pivot_root /mnt/root /mnt/root/dev/.ctr
nsenter --target "$web_pid" --mount --root=/ --wd=/ umount --no-mtab --no-canonicalize --lazy "/proc/${web_pid}/root/dev/.ctr"
test -e "/proc/${web_pid}/root/dev/.ctr/setpriv"

# ── 21. Create veth pair veth-db - veth-db-c
# A veth pair is a virtual cable: what enters one end leaves the other. Both ends start on the
# host; the one whose name ends in c goes into the container. The number after group is the label
# by which ctr recognises the interfaces of this run, and the altname is a second name, which says
# what the veth pair is for.
step='21 create-veth db/eth0'
made_21_1=yes
ip link add name veth-db mtu 1500 address 02:06:4f:0b:50:8d group 1129606507 type veth peer name veth-db-c mtu 1500 address 02:f5:69:83:fa:d7 group 1129606507
ip link property add dev veth-db altname ctr:lab.db.eth0

# ── 22. Give veth-db the MAC fe:06:4f:0b:50:8d
# A bridge without a fixed MAC takes the lowest MAC of its ports. One that begins with fe hardly
# ever is the lowest: fe is the highest first byte of a unicast MAC, the address of one interface.
# The tutorial does this for docker0, the bridge of Docker; a bridge that ctr creates has a fixed
# MAC, so here the step only shows how it is done.
step='22 set-mac db/eth0'
ip link set dev veth-db address fe:06:4f:0b:50:8d

# ── 23. Attach veth-db to bridge ctr1
# The host's end of the veth pair becomes a port of the bridge. From now on the bridge forwards
# the frames that it receives on this port.
step='23 attach-bridge db/eth0'
ip link set dev veth-db master ctr1

# ── 24. Switch veth-db on
# A new interface is switched off. This command switches on the host's end; ip link shows it as
# LOWERLAYERDOWN (no carrier) until the other end is switched on as well.
step='24 raise-link db/eth0'
ip link set dev veth-db up

# ── 25. Start db in its own namespaces, and make it wait
# unshare gives the process its own network, process IDs, mounts, host name and IPC, setsid
# detaches it from your terminal, and setpriv leaves it few capabilities. The process then waits
# until ctr writes a line into its pipe, in the last step: until then no program of the container
# runs. Descriptor 3 is that pipe; on 4 the process tells ctr its pid, and 5 is the standard error
# that the container's program gets.
step='25 start-child db'
made_25_1=yes
env --default-signal=INT,QUIT -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root HOSTNAME=db setsid setpriv --pdeathsig KILL unshare --fork --kill-child --net --pid --mount --uts --ipc --cgroup --propagation private setpriv --bounding-set -all,+chown,+dac_override,+fsetid,+fowner,+net_raw,+setgid,+setuid,+setfcap,+setpcap,+net_bind_service,+sys_chroot,+kill,+audit_write --inh-caps -all --no-new-privs sh -c 'read -r pid rest </proc/self/stat; echo "$0 $pid" >&4; exec 4>&-; read -r go <&3 || exit 97; exec 3<&- 2>&5 5>&-; cd "$1" || exit 126; shift; exec "$@"' ctr:lab/db / /bin/sh </dev/null 3<"$dir/gate" 4>"$dir/pid" 5>&2 2>>"$dir/said" 7<&- 8<&- 9<&- &
db_pid_parent=$!
read_pid "$db_pid_parent"
db_pid=$pid

# ── 26. Move veth-db-c into db as eth0
# The other end of the veth pair moves into the network namespace of the waiting process. A move
# switches an interface off and removes its addresses, so ctr sets the address later.
step='26 move-link db/eth0'
ip link set dev veth-db-c netns "$db_pid" name eth0

# ── 27. Give eth0 in db the address 10.89.0.3/24, fd30:bba4:5171::3/64
# All interfaces of a new network namespace are down, even loopback, so ctr switches lo on as
# well. /24 means that 10.89.0.0/24 is directly reachable through eth0: when eth0 comes up, the
# kernel adds that route itself. The sysctls come first: the interface takes no address and no
# route from router advertisements (accept_ra, autoconf), and does not wait a second for duplicate
# address detection (accept_dad, nodad), since ctr itself hands out the addresses of this subnet
# and gives none twice.
step='27 configure-address db/eth0'
nsenter --target "$db_pid" --net sysctl -qw net/ipv6/conf/eth0/disable_ipv6=0 net/ipv6/conf/eth0/accept_ra=0 net/ipv6/conf/eth0/autoconf=0 net/ipv6/conf/eth0/accept_dad=0
nsenter --target "$db_pid" --net ip link set dev lo up
nsenter --target "$db_pid" --net ip addr add 10.89.0.3/24 broadcast 10.89.0.255 dev eth0
nsenter --target "$db_pid" --net ip addr add fd30:bba4:5171::3/64 dev eth0 nodad
nsenter --target "$db_pid" --net ip link set dev eth0 up

# ── 28. Mount a tmpfs to build db's root in
# A tmpfs is a file system in memory. ctr mounts it on /mnt in the container's own mount
# namespace, so the host's /mnt does not change. What the container writes goes into this tmpfs,
# and its root file system is not modified.
step='28 stage-root db'
nsenter --target "$db_pid" --mount mount --no-mtab -t tmpfs -o mode=01755 ctr /mnt
nsenter --target "$db_pid" --mount sh -euc 'cd /mnt; [ -k . ]; mkdir -p upper/etc work root helper dev/pts dev/shm dev/mqueue dev/.ctr; cd dev; for file in null zero full random urandom tty ptmx ../helper/setpriv ../helper/chroot ../helper/env ../helper/libcap-ng.so.0 ../helper/libc.so.6 ../helper/ld-linux-x86-64.so.2; do : >"$file"; done; cp -P /dev/fd /dev/stdin /dev/stdout /dev/stderr . 2>/dev/null || { rm -f fd std*; ln -s /proc/self/fd fd; ln -s fd/0 stdin; ln -s fd/1 stdout; ln -s fd/2 stderr; }'

# ── 29. Set db's host name and name resolution
# To look up a name, a program usually reads /etc/hosts first, and then asks the servers in
# /etc/resolv.conf. ctr writes these files into what becomes the writable layer of the overlay,
# not into the root file system. In the root file system, etc/hosts may be a symbolic link to a
# file of the host, and writing to it would change that file.
step='29 write-names db'
nsenter --target "$db_pid" --uts hostname db
nsenter --target "$db_pid" --mount tee /mnt/upper/etc/hostname >/dev/null <<'EOF'
db
EOF
nsenter --target "$db_pid" --mount tee /mnt/upper/etc/hosts >/dev/null <<'EOF'
127.0.0.1 localhost
::1 localhost ip6-localhost ip6-loopback
10.89.0.2 web
fd30:bba4:5171::2 web
10.89.0.3 db
fd30:bba4:5171::3 db
EOF
nsenter --target "$db_pid" --mount tee /mnt/upper/etc/resolv.conf >/dev/null <<'EOF'
nameserver 198.51.100.1
EOF

# ── 30. Build db's root file system with an overlay
# An overlay puts an empty writable layer over the read-only root file system. /proc, /sys and
# /dev are new; files through which a process could change settings of the kernel are read-only or
# hidden. ctr runs the host's mount program inside the container's namespaces, and no program of
# the container's root file system.
step='30 mount-root db'
nsenter --target "$db_pid" --mount --pid --net --ipc tee /mnt/fstab >/dev/null <<'EOF'
overlay /mnt/root overlay lowerdir=/srv/labex,upperdir=/mnt/upper,workdir=/mnt/work,nosuid,nodev 0 0
proc /mnt/root/proc proc nosuid,nodev,noexec,x-mount.mkdir 0 0
sysfs /mnt/root/sys sysfs ro,nosuid,nodev,noexec,x-mount.mkdir 0 0
/mnt/dev /mnt/root/dev none bind,nosuid,noexec,x-mount.mkdir 0 0
devpts /mnt/root/dev/pts devpts newinstance,ptmxmode=0666,mode=0620,nosuid,noexec 0 0
/mnt/root/dev/pts/ptmx /mnt/root/dev/ptmx none bind,nosuid,noexec 0 0
tmpfs /mnt/root/dev/shm tmpfs mode=1777,size=64m,nosuid,nodev,noexec 0 0
mqueue /mnt/root/dev/mqueue mqueue nosuid,nodev,noexec 0 0
/dev/null /mnt/root/dev/null none bind,nosuid,noexec 0 0
/dev/zero /mnt/root/dev/zero none bind,nosuid,noexec 0 0
/dev/full /mnt/root/dev/full none bind,nosuid,noexec 0 0
/dev/random /mnt/root/dev/random none bind,nosuid,noexec 0 0
/dev/urandom /mnt/root/dev/urandom none bind,nosuid,noexec 0 0
/dev/tty /mnt/root/dev/tty none bind,nosuid,noexec 0 0
/mnt/root/proc/bus /mnt/root/proc/bus none bind,ro,nosuid,nodev,noexec 0 0
/mnt/root/proc/fs /mnt/root/proc/fs none bind,ro,nosuid,nodev,noexec 0 0
/mnt/root/proc/irq /mnt/root/proc/irq none bind,ro,nosuid,nodev,noexec 0 0
/mnt/root/proc/sys /mnt/root/proc/sys none bind,ro,nosuid,nodev,noexec 0 0
/dev/null /mnt/root/proc/keys none bind,nosuid,noexec 0 0
/dev/null /mnt/root/proc/timer_list none bind,nosuid,noexec 0 0
tmpfs /mnt/root/proc/acpi tmpfs ro,size=4k,nosuid,nodev,noexec 0 0
/mnt/helper /mnt/root/dev/.ctr none bind,ro,nosuid,nodev 0 0
/usr/bin/setpriv /mnt/root/dev/.ctr/setpriv none bind,ro,nosuid,nodev 0 0
/usr/sbin/chroot /mnt/root/dev/.ctr/chroot none bind,ro,nosuid,nodev 0 0
/usr/bin/env /mnt/root/dev/.ctr/env none bind,ro,nosuid,nodev 0 0
/lib/x86_64-linux-gnu/libcap-ng.so.0 /mnt/root/dev/.ctr/libcap-ng.so.0 none bind,ro,nosuid,nodev 0 0
/lib/x86_64-linux-gnu/libc.so.6 /mnt/root/dev/.ctr/libc.so.6 none bind,ro,nosuid,nodev 0 0
/lib64/ld-linux-x86-64.so.2 /mnt/root/dev/.ctr/ld-linux-x86-64.so.2 none bind,ro,nosuid,nodev 0 0
EOF
nsenter --target "$db_pid" --mount --pid --net --ipc mount --no-mtab --all --fstab /mnt/fstab

# ── 31. Make the new root db's /, and detach the host's root
# chroot only changes where the lookup of a path starts, and a process can climb out of it, so
# pivot_root makes the new root the / of the whole mount namespace, and moves the old one to a
# directory in it, /dev/.ctr. umount then detaches the old root: no path leads back to it, and
# /dev/.ctr shows the read-only copies of setpriv, chroot and env that ctr exec uses. The line
# with test -e changes nothing: it checks that setpriv can be seen there, which is so only once
# the old root is gone.
step='31 pivot-root db'
nsenter --target "$db_pid" --mount pivot_root /mnt/root /mnt/root/dev/.ctr
nsenter --target "$db_pid" --mount --root=/ --wd=/ umount --no-mtab --no-canonicalize --lazy "/proc/${db_pid}/root/dev/.ctr"
test -e "/proc/${db_pid}/root/dev/.ctr/setpriv"

# ── 32. Let the host forward packets between ctr0 and wan0
# A host drops packets that are not addressed to it, unless forwarding is on for the interface
# where they arrive. ctr switches it on for these interfaces only. Writing ip_forward would set
# every interface, and writing its old value back would set every interface once more, so the
# value that each had before would be lost. For IPv6 the kernel looks only at
# net.ipv6.conf.all.forwarding, so that one is switched on for the whole host.
step='32 enable-forwarding front'
made_32_1=yes
sysctl -qw net/ipv4/conf/ctr0/forwarding=1
made_32_2=yes
sysctl -qw net/ipv4/conf/wan0/forwarding=1
made_32_3=yes
sysctl -qw net/ipv6/conf/all/forwarding=1

# ── 33. Let ctr0's packets pass the firewall
# IPv4 and IPv6 have chains of their own, so each rule is added twice. Packets that the host
# routes pass the chain FORWARD, and with br_netfilter so do packets between ports of a bridge; on
# many hosts the policy of FORWARD is DROP. Three rules accept packets between containers, from
# containers to the outside, and the replies. The comment ctr:ctr0 marks them as ctr's.
step='33 allow-forwarding front'
made_33_1=yes
iptables -w 5 -t filter -I FORWARD -i ctr0 -o ctr0 -m comment --comment ctr:ctr0 -j ACCEPT
made_33_2=yes
iptables -w 5 -t filter -I FORWARD -i ctr0 ! -o ctr0 -m comment --comment ctr:ctr0 -j ACCEPT
made_33_3=yes
iptables -w 5 -t filter -I FORWARD -o ctr0 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment ctr:ctr0 -j ACCEPT
made_33_4=yes
ip6tables -w 5 -t filter -I FORWARD -i ctr0 -o ctr0 -m comment --comment ctr:ctr0 -j ACCEPT
made_33_5=yes
ip6tables -w 5 -t filter -I FORWARD -i ctr0 ! -o ctr0 -m comment --comment ctr:ctr0 -j ACCEPT
made_33_6=yes
ip6tables -w 5 -t filter -I FORWARD -o ctr0 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment ctr:ctr0 -j ACCEPT

# ── 34. Masquerade 10.88.0.0/24 behind the host's address
# Routers outside know no way back to these containers. When a packet from 10.88.0.0/24 leaves by
# an interface other than ctr0, MASQUERADE replaces its source address with the address of that
# interface, and remembers the connection. In the replies it puts the container's address back.
step='34 masquerade front'
made_34_1=yes
iptables -w 5 -t nat -A POSTROUTING -s 10.88.0.0/24 ! -o ctr0 -m comment --comment ctr:ctr0 -j MASQUERADE

# ── 35. Let the host forward packets between ctr1 and wan0
# A host drops packets that are not addressed to it, unless forwarding is on for the interface
# where they arrive. ctr switches it on for these interfaces only. Writing ip_forward would set
# every interface, and writing its old value back would set every interface once more, so the
# value that each had before would be lost. For IPv6 the kernel looks only at
# net.ipv6.conf.all.forwarding, so that one is switched on for the whole host.
step='35 enable-forwarding back'
made_35_1=yes
sysctl -qw net/ipv4/conf/ctr1/forwarding=1
made_35_2=yes
sysctl -qw net/ipv4/conf/wan0/forwarding=1
made_35_3=yes
sysctl -qw net/ipv6/conf/all/forwarding=1

# ── 36. Let ctr1's packets pass the firewall
# IPv4 and IPv6 have chains of their own, so each rule is added twice. Packets that the host
# routes pass the chain FORWARD, and with br_netfilter so do packets between ports of a bridge; on
# many hosts the policy of FORWARD is DROP. Three rules accept packets between containers, from
# containers to the outside, and the replies. The comment ctr:ctr1 marks them as ctr's.
step='36 allow-forwarding back'
made_36_1=yes
iptables -w 5 -t filter -I FORWARD -i ctr1 -o ctr1 -m comment --comment ctr:ctr1 -j ACCEPT
made_36_2=yes
iptables -w 5 -t filter -I FORWARD -i ctr1 ! -o ctr1 -m comment --comment ctr:ctr1 -j ACCEPT
made_36_3=yes
iptables -w 5 -t filter -I FORWARD -o ctr1 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment ctr:ctr1 -j ACCEPT
made_36_4=yes
ip6tables -w 5 -t filter -I FORWARD -i ctr1 -o ctr1 -m comment --comment ctr:ctr1 -j ACCEPT
made_36_5=yes
ip6tables -w 5 -t filter -I FORWARD -i ctr1 ! -o ctr1 -m comment --comment ctr:ctr1 -j ACCEPT
made_36_6=yes
ip6tables -w 5 -t filter -I FORWARD -o ctr1 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment ctr:ctr1 -j ACCEPT

# ── 37. Masquerade fd30:bba4:5171::/64 behind the host's address
# Routers outside know no way back to these containers. When a packet from fd30:bba4:5171::/64
# leaves by an interface other than ctr1, MASQUERADE replaces its source address with the address
# of that interface, and remembers the connection. In the replies it puts the container's address
# back.
step='37 masquerade back'
made_37_1=yes
ip6tables -w 5 -t nat -A POSTROUTING -s fd30:bba4:5171::/64 ! -o ctr1 -m comment --comment ctr:ctr1 -j MASQUERADE

# ── 38. Tell web to start /bin/sh
# The waiting process reads this line from its pipe and executes the command (exec). By now every
# mount and every interface is in place.
step='38 release-child web'
echo go >&8

# ── 39. Tell db to start /bin/sh
# The waiting process reads this line from its pipe and executes the command (exec). By now every
# mount and every interface is in place.
step='39 release-child db'
echo go >&8

# ── wait, then undo everything
step=
wait "$web_pid_parent" || {
  code=$?
  if [ "$code" = 1 ] && grep -q "sigprocmask unblock failed" "$dir/said"; then code=137; fi
  exit "$code"
}
