#!/bin/sh
# ctr plan of labex as a script: brings it up, waits for its first command, undoes everything.
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
    ip -o addr show dev ctr0 scope global | grep -v ' 192.168.0.1/16 ' | grep -v ' fdf0:e4e5:ed20::1/64 '; } | grep -q .
  then echo "others use ctr0, so it stays" >&2; return 0; fi
  said=$(ip link del dev ctr0 2>&1) || ! ip link show dev ctr0 >/dev/null 2>&1 || echo "$said" >&2
}
undo_2_1() {
  [ -n "${made_2_1-}" ] || return 0
  ip -d link show dev veth-labex 2>/dev/null | grep -q " group 1129609751 " || return 0
  said=$(ip link del dev veth-labex 2>&1) || ! ip link show dev veth-labex >/dev/null 2>&1 || echo "$said" >&2
}
undo_6_1() {
  [ -n "${made_6_1-}" ] || return 0
  [ -n "${labex_pid-}" ] || { kill "${labex_pid_parent-}" 2>/dev/null; return 0; }
  kill -s KILL "$labex_pid" 2>/dev/null
  wait "$labex_pid_parent" 2>/dev/null
}
undo_14_1() {
  [ -n "${made_14_1-}" ] || return 0
  [ "$(cat /proc/sys/net/ipv4/conf/ctr0/forwarding 2>/dev/null)" = 1 ] || return 0
  [ "$(cat /proc/sys/net/ipv4/ip_forward 2>/dev/null)" = 0 ] || return 0
  [ "$(cat /proc/sys/net/ipv4/conf/default/forwarding 2>/dev/null)" = 0 ] || return 0
  sysctl -qw net/ipv4/conf/ctr0/forwarding=0
}
undo_14_2() {
  [ -n "${made_14_2-}" ] || return 0
  [ "$(cat /proc/sys/net/ipv4/conf/wan0/forwarding 2>/dev/null)" = 1 ] || return 0
  [ "$(cat /proc/sys/net/ipv4/ip_forward 2>/dev/null)" = 0 ] || return 0
  [ "$(cat /proc/sys/net/ipv4/conf/default/forwarding 2>/dev/null)" = 0 ] || return 0
  sysctl -qw net/ipv4/conf/wan0/forwarding=0
}
undo_14_3() {
  [ -n "${made_14_3-}" ] || return 0
  [ "$(cat /proc/sys/net/ipv6/conf/ctr0/force_forwarding 2>/dev/null)" = 1 ] || return 0
  sysctl -qw net/ipv6/conf/ctr0/force_forwarding=0
}
undo_14_4() {
  [ -n "${made_14_4-}" ] || return 0
  [ "$(cat /proc/sys/net/ipv6/conf/wan0/force_forwarding 2>/dev/null)" = 1 ] || return 0
  sysctl -qw net/ipv6/conf/wan0/force_forwarding=0
}
undo_15_1() {
  [ -n "${made_15_1-}" ] || return 0
  iptables -w 5 -t filter -D FORWARD -i ctr0 -o ctr0 -m comment --comment ctr:ctr0 -j ACCEPT
}
undo_15_2() {
  [ -n "${made_15_2-}" ] || return 0
  iptables -w 5 -t filter -D FORWARD -i ctr0 ! -o ctr0 -m comment --comment ctr:ctr0 -j ACCEPT
}
undo_15_3() {
  [ -n "${made_15_3-}" ] || return 0
  iptables -w 5 -t filter -D FORWARD -o ctr0 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment ctr:ctr0 -j ACCEPT
}
undo_15_4() {
  [ -n "${made_15_4-}" ] || return 0
  ip6tables -w 5 -t filter -D FORWARD -i ctr0 -o ctr0 -m comment --comment ctr:ctr0 -j ACCEPT
}
undo_15_5() {
  [ -n "${made_15_5-}" ] || return 0
  ip6tables -w 5 -t filter -D FORWARD -i ctr0 ! -o ctr0 -m comment --comment ctr:ctr0 -j ACCEPT
}
undo_15_6() {
  [ -n "${made_15_6-}" ] || return 0
  ip6tables -w 5 -t filter -D FORWARD -o ctr0 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment ctr:ctr0 -j ACCEPT
}
undo_16_1() {
  [ -n "${made_16_1-}" ] || return 0
  iptables -w 5 -t nat -D POSTROUTING -s 192.168.0.0/16 ! -o ctr0 -m comment --comment ctr:ctr0 -j MASQUERADE
}
undo_16_2() {
  [ -n "${made_16_2-}" ] || return 0
  ip6tables -w 5 -t nat -D POSTROUTING -s fdf0:e4e5:ed20::/64 ! -o ctr0 -m comment --comment ctr:ctr0 -j MASQUERADE
}
undo_17_1() {
  [ -n "${made_17_1-}" ] || return 0
  iptables -w 5 -t raw -D PREROUTING -d 127.0.0.0/8 -i ctr0 -m comment --comment ctr:ctr0 -j DROP
}
undo_17_2() {
  [ -n "${made_17_2-}" ] || return 0
  iptables -w 5 -t nat -D POSTROUTING -s 192.168.0.0/16 -d 192.168.0.100/32 -o ctr0 -m conntrack --ctstate DNAT -m comment --comment ctr:ctr0:labex -j MASQUERADE
}
undo_17_3() {
  [ -n "${made_17_3-}" ] || return 0
  iptables -w 5 -t nat -D POSTROUTING -s 127.0.0.0/8 -d 192.168.0.100/32 -o ctr0 -m conntrack --ctstate DNAT -m comment --comment ctr:ctr0:labex -j MASQUERADE
}
undo_17_4() {
  [ -n "${made_17_4-}" ] || return 0
  iptables -w 5 -t filter -D FORWARD -d 192.168.0.100/32 -o ctr0 -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -m comment --comment ctr:ctr0:labex -j ACCEPT
}
undo_17_5() {
  [ -n "${made_17_5-}" ] || return 0
  conntrack -D --dst-nat 192.168.0.100 >/dev/null 2>&1 || :
}
undo_17_5_2() {
  [ -n "${made_17_5_2-}" ] || return 0
  iptables -w 5 -t nat -D PREROUTING -p tcp -m tcp --dport 8080 -m addrtype --dst-type LOCAL -m comment --comment ctr:ctr0:labex -j DNAT --to-destination 192.168.0.100:80
}
undo_17_6() {
  [ -n "${made_17_6-}" ] || return 0
  iptables -w 5 -t nat -D OUTPUT -p tcp -m tcp --dport 8080 -m addrtype --dst-type LOCAL -m comment --comment ctr:ctr0:labex -j DNAT --to-destination 192.168.0.100:80
}
undo_17_7() {
  [ -n "${made_17_7-}" ] || return 0
  iptables -w 5 -t nat -D OUTPUT -d 127.0.0.1/32 -p tcp -m tcp --dport 7000:7009 -m addrtype --dst-type LOCAL -m comment --comment ctr:ctr0:labex -j DNAT --to-destination 192.168.0.100
}
undo_17_8() {
  [ -n "${made_17_8-}" ] || return 0
  ip6tables -w 5 -t nat -D POSTROUTING -s fdf0:e4e5:ed20::/64 -d fdf0:e4e5:ed20::2/128 -o ctr0 -m conntrack --ctstate DNAT -m comment --comment ctr:ctr0:labex -j MASQUERADE
}
undo_17_9() {
  [ -n "${made_17_9-}" ] || return 0
  ip6tables -w 5 -t filter -D FORWARD -d fdf0:e4e5:ed20::2/128 -o ctr0 -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -m comment --comment ctr:ctr0:labex -j ACCEPT
}
undo_17_10() {
  [ -n "${made_17_10-}" ] || return 0
  ip6tables -w 5 -t filter -D FORWARD -d fdf0:e4e5:ed20::2/128 -o ctr0 -p udp -m udp --dport 80:81 -m conntrack --ctstate DNAT -m comment --comment ctr:ctr0:labex -j ACCEPT
}
undo_17_11() {
  [ -n "${made_17_11-}" ] || return 0
  conntrack -D -f ipv6 --dst-nat fdf0:e4e5:ed20::2 >/dev/null 2>&1 || :
}
undo_17_11_2() {
  [ -n "${made_17_11_2-}" ] || return 0
  ip6tables -w 5 -t nat -D PREROUTING -p tcp -m tcp --dport 8080 -m addrtype --dst-type LOCAL -m comment --comment ctr:ctr0:labex -j DNAT --to-destination '[fdf0:e4e5:ed20::2]:80'
}
undo_17_12() {
  [ -n "${made_17_12-}" ] || return 0
  ip6tables -w 5 -t nat -D OUTPUT ! -d ::1/128 -p tcp -m tcp --dport 8080 -m addrtype --dst-type LOCAL -m comment --comment ctr:ctr0:labex -j DNAT --to-destination '[fdf0:e4e5:ed20::2]:80'
}
undo_17_13() {
  [ -n "${made_17_13-}" ] || return 0
  ip6tables -w 5 -t nat -D PREROUTING -d 2001:db8::1/128 -p udp -m udp --dport 8000 -m addrtype --dst-type LOCAL -m comment --comment ctr:ctr0:labex -j DNAT --to-destination '[fdf0:e4e5:ed20::2]:80'
}
undo_17_14() {
  [ -n "${made_17_14-}" ] || return 0
  ip6tables -w 5 -t nat -D OUTPUT -d 2001:db8::1/128 -p udp -m udp --dport 8000 -m addrtype --dst-type LOCAL -m comment --comment ctr:ctr0:labex -j DNAT --to-destination '[fdf0:e4e5:ed20::2]:80'
}
undo_17_15() {
  [ -n "${made_17_15-}" ] || return 0
  ip6tables -w 5 -t nat -D PREROUTING -d 2001:db8::1/128 -p udp -m udp --dport 8001 -m addrtype --dst-type LOCAL -m comment --comment ctr:ctr0:labex -j DNAT --to-destination '[fdf0:e4e5:ed20::2]:81'
}
undo_17_16() {
  [ -n "${made_17_16-}" ] || return 0
  ip6tables -w 5 -t nat -D OUTPUT -d 2001:db8::1/128 -p udp -m udp --dport 8001 -m addrtype --dst-type LOCAL -m comment --comment ctr:ctr0:labex -j DNAT --to-destination '[fdf0:e4e5:ed20::2]:81'
}
undo_17_17() {
  [ -n "${made_17_17-}" ] || return 0
  [ "$(cat /proc/sys/net/ipv4/conf/ctr0/route_localnet 2>/dev/null)" = 1 ] || return 0
  sysctl -qw net/ipv4/conf/ctr0/route_localnet=0
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
  undo_6_1
  undo_2_1
  undo_1_1
  undo_17_17
  undo_14_4
  undo_14_3
  undo_14_2
  undo_14_1
  undo_17_7
  undo_17_6
  undo_17_5_2
  undo_17_4
  undo_17_3
  undo_17_2
  undo_17_1
  undo_16_1
  undo_15_3
  undo_15_2
  undo_15_1
  undo_17_16
  undo_17_15
  undo_17_14
  undo_17_13
  undo_17_12
  undo_17_11_2
  undo_17_10
  undo_17_9
  undo_17_8
  undo_16_2
  undo_15_6
  undo_15_5
  undo_15_4
  undo_17_11
  undo_17_5
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
# A bridge is a switch inside the kernel, and 192.168.0.1 is the host's own address on it, which
# the containers use as their gateway. Without a fixed MAC the bridge would take the lowest one of
# its ports, and change it whenever a port comes or goes. The number after group is a label, by
# which ctr later recognises the interfaces that it created. The sysctls come first: the interface
# takes no address and no route from router advertisements (accept_ra, autoconf), and does not
# wait a second for duplicate address detection (accept_dad, nodad), since ctr itself hands out
# the addresses of this subnet and gives none twice.
step='1 ensure-bridge default'
made_1_1=yes
ip link add name ctr0 address 02:5b:ea:2d:df:c4 group 1129578496 type bridge
ip addr add 192.168.0.1/16 broadcast + dev ctr0
sysctl -qw net/ipv6/conf/ctr0/disable_ipv6=0 net/ipv6/conf/ctr0/accept_ra=0 net/ipv6/conf/ctr0/autoconf=0 net/ipv6/conf/ctr0/accept_dad=0
ip addr add fdf0:e4e5:ed20::1/64 dev ctr0 nodad
ip link set dev ctr0 up

# ── 2. Create veth pair veth-labex - veth-labex-c
# A veth pair is a virtual cable: what enters one end leaves the other. Both ends start on the
# host; the one whose name ends in c goes into the container. The number after group is the label
# by which ctr recognises the interfaces of this run, and the altname is a second name, which says
# what the veth pair is for.
step='2 create-veth labex/eth0'
made_2_1=yes
ip link add name veth-labex mtu 1500 address 02:6c:02:7a:16:bc group 1129609751 type veth peer name veth-labex-c mtu 1500 address 02:2b:0c:01:bc:37 group 1129609751
ip link property add dev veth-labex altname ctr:labex.labex.eth0

# ── 3. Give veth-labex the MAC fe:6c:02:7a:16:bc
# A bridge without a fixed MAC takes the lowest MAC of its ports. One that begins with fe hardly
# ever is the lowest: fe is the highest first byte of a unicast MAC, the address of one interface.
# The tutorial does this for docker0, the bridge of Docker; a bridge that ctr creates has a fixed
# MAC, so here the step only shows how it is done.
step='3 set-mac labex/eth0'
ip link set dev veth-labex address fe:6c:02:7a:16:bc

# ── 4. Attach veth-labex to bridge ctr0
# The host's end of the veth pair becomes a port of the bridge. From now on the bridge forwards
# the frames that it receives on this port.
step='4 attach-bridge labex/eth0'
ip link set dev veth-labex master ctr0

# ── 5. Switch veth-labex on
# A new interface is switched off. This command switches on the host's end; ip link shows it as
# LOWERLAYERDOWN (no carrier) until the other end is switched on as well.
step='5 raise-link labex/eth0'
ip link set dev veth-labex up

# ── 6. Start labex in its own namespaces, and make it wait
# unshare gives the process its own network, process IDs, mounts, host name and IPC, setsid
# detaches it from your terminal, and setpriv leaves it few capabilities. The process then waits
# until ctr writes a line into its pipe, in the last step: until then no program of the container
# runs. Descriptor 3 is that pipe; on 4 the process tells ctr its pid, and 5 is the standard error
# that the container's program gets.
step='6 start-child labex'
made_6_1=yes
if [ -n "$terminal" ]; then
  watch_keys <"$dir/keys" 8<&- 9<&- &
  watcher=$!
  env --default-signal=INT,QUIT -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root HOSTNAME=labex TERM="${TERM:-linux}" setpriv --pdeathsig KILL unshare --mount --propagation private sh -euc 'mount --no-mtab -t devpts -o newinstance,ptmxmode=0666,mode=0620,nosuid,noexec devpts /dev/pts; exec "$@"' sh script --log-in "$dir/keys" --quiet --return --flush --echo always --command 'exec setpriv --pdeathsig KILL unshare --fork --kill-child --net --pid --mount --uts --ipc --cgroup --propagation private setpriv --bounding-set -all,+chown,+dac_override,+fsetid,+fowner,+net_raw,+setgid,+setuid,+setfcap,+setpcap,+net_bind_service,+sys_chroot,+kill,+audit_write --inh-caps -all --no-new-privs sh -c '\''read -r pid rest </proc/self/stat; echo "$0 $pid" >&4; exec 4>&-; read -r go <&3 || exit 97; exec 3<&- 2>&5 5>&-; cd "$1" || exit 126; shift; while [ "$1" != -- ]; do export "$1"; shift; done; shift; exec "$@"'\'' ctr:labex/labex / '\''PS1=labex:$PWD# '\'' -- /bin/sh 6>&2 2>&5 5>&6 6>&-' --log-out /dev/null <&7 3<"$dir/gate" 4>"$dir/pid" 2>>"$dir/said" 5>>"$dir/said" 7<&- 8<&- 9<&- &
else
  env --default-signal=INT,QUIT -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root HOSTNAME=labex setsid setpriv --pdeathsig KILL unshare --fork --kill-child --net --pid --mount --uts --ipc --cgroup --propagation private setpriv --bounding-set -all,+chown,+dac_override,+fsetid,+fowner,+net_raw,+setgid,+setuid,+setfcap,+setpcap,+net_bind_service,+sys_chroot,+kill,+audit_write --inh-caps -all --no-new-privs sh -c 'read -r pid rest </proc/self/stat; echo "$0 $pid" >&4; exec 4>&-; read -r go <&3 || exit 97; exec 3<&- 2>&5 5>&-; cd "$1" || exit 126; shift; exec "$@"' ctr:labex/labex / /bin/sh <&7 3<"$dir/gate" 4>"$dir/pid" 5>&2 2>>"$dir/said" 7<&- 8<&- 9<&- &
fi
labex_pid_parent=$!
read_pid "$labex_pid_parent"
labex_pid=$pid
echo "$pid" >"$dir/first"

# ── 7. Move veth-labex-c into labex as eth0
# The other end of the veth pair moves into the network namespace of the waiting process. A move
# switches an interface off and removes its addresses, so ctr sets the address later.
step='7 move-link labex/eth0'
ip link set dev veth-labex-c netns "$labex_pid" name eth0

# ── 8. Give eth0 in labex the address 192.168.0.100/16, fdf0:e4e5:ed20::2/64
# All interfaces of a new network namespace are down, even loopback, so ctr switches lo on as
# well. /16 means that 192.168.0.0/16 is directly reachable through eth0: when eth0 comes up, the
# kernel adds that route itself. The sysctls come first: the interface takes no address and no
# route from router advertisements (accept_ra, autoconf), and does not wait a second for duplicate
# address detection (accept_dad, nodad), since ctr itself hands out the addresses of this subnet
# and gives none twice.
step='8 configure-address labex/eth0'
nsenter --target "$labex_pid" --net sysctl -qw net/ipv6/conf/eth0/disable_ipv6=0 net/ipv6/conf/eth0/accept_ra=0 net/ipv6/conf/eth0/autoconf=0 net/ipv6/conf/eth0/accept_dad=0
nsenter --target "$labex_pid" --net ip link set dev lo up
nsenter --target "$labex_pid" --net ip addr add 192.168.0.100/16 broadcast 192.168.255.255 dev eth0
nsenter --target "$labex_pid" --net ip addr add fdf0:e4e5:ed20::2/64 dev eth0 nodad
nsenter --target "$labex_pid" --net ip link set dev eth0 up

# ── 9. Send everything else to the gateway 192.168.0.1 or fdf0:e4e5:ed20::1
# A packet for an address outside the directly connected subnet needs a next hop. The default
# route says that this next hop is the gateway.
step='9 configure-route labex/eth0'
nsenter --target "$labex_pid" --net ip route add default via 192.168.0.1 dev eth0
nsenter --target "$labex_pid" --net ip route add default via fdf0:e4e5:ed20::1 dev eth0

# ── 10. Mount a tmpfs to build labex's root in
# A tmpfs is a file system in memory. ctr mounts it on /mnt in the container's own mount
# namespace, so the host's /mnt does not change. What the container writes goes into this tmpfs,
# and its root file system is not modified.
step='10 stage-root labex'
nsenter --target "$labex_pid" --mount mount --no-mtab -t tmpfs -o mode=01755 ctr /mnt
nsenter --target "$labex_pid" --mount sh -euc 'cd /mnt; [ -k . ]; mkdir -p upper/etc work root helper dev/pts dev/shm dev/mqueue dev/.ctr; cd dev; for file in null zero full random urandom tty ptmx ../helper/setpriv ../helper/chroot ../helper/env ../helper/libcap-ng.so.0 ../helper/libc.so.6 ../helper/ld-linux-x86-64.so.2; do : >"$file"; done; cp -P /dev/fd /dev/stdin /dev/stdout /dev/stderr . 2>/dev/null || { rm -f fd std*; ln -s /proc/self/fd fd; ln -s fd/0 stdin; ln -s fd/1 stdout; ln -s fd/2 stderr; }'

# ── 11. Set labex's host name and name resolution
# To look up a name, a program usually reads /etc/hosts first, and then asks the servers in
# /etc/resolv.conf. ctr writes these files into what becomes the writable layer of the overlay,
# not into the root file system. In the root file system, etc/hosts may be a symbolic link to a
# file of the host, and writing to it would change that file.
step='11 write-names labex'
nsenter --target "$labex_pid" --uts hostname labex
nsenter --target "$labex_pid" --mount tee /mnt/upper/etc/hostname >/dev/null <<'EOF'
labex
EOF
nsenter --target "$labex_pid" --mount tee /mnt/upper/etc/hosts >/dev/null <<'EOF'
127.0.0.1 localhost
::1 localhost ip6-localhost ip6-loopback
192.168.0.100 labex
fdf0:e4e5:ed20::2 labex
EOF
nsenter --target "$labex_pid" --mount tee /mnt/upper/etc/resolv.conf >/dev/null <<'EOF'
nameserver 114.114.114.114
EOF

# ── 12. Build labex's root file system with an overlay
# An overlay puts an empty writable layer over the read-only root file system. /proc, /sys and
# /dev are new; files through which a process could change settings of the kernel are read-only or
# hidden. ctr runs the host's mount program inside the container's namespaces, and no program of
# the container's root file system.
step='12 mount-root labex'
on_terminal '5c\
/dev/pts /mnt/root/dev/pts none bind,nosuid,noexec 0 0' <<'EOF' | nsenter --target "$labex_pid" --mount --pid --net --ipc tee /mnt/fstab >/dev/null
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
nsenter --target "$labex_pid" --mount --pid --net --ipc mount --no-mtab --all --fstab /mnt/fstab

# ── 13. Make the new root labex's /, and detach the host's root
# chroot only changes where the lookup of a path starts, and a process can climb out of it, so
# pivot_root makes the new root the / of the whole mount namespace, and moves the old one to a
# directory in it, /dev/.ctr. umount then detaches the old root: no path leads back to it, and
# /dev/.ctr shows the read-only copies of setpriv, chroot and env that ctr exec uses. The line
# with test -e changes nothing: it checks that setpriv can be seen there, which is so only once
# the old root is gone.
step='13 pivot-root labex'
nsenter --target "$labex_pid" --mount pivot_root /mnt/root /mnt/root/dev/.ctr
nsenter --target "$labex_pid" --mount --root=/ --wd=/ umount --no-mtab --no-canonicalize --lazy "/proc/${labex_pid}/root/dev/.ctr"
test -e "/proc/${labex_pid}/root/dev/.ctr/setpriv"

# ── 14. Let the host forward packets between ctr0 and wan0
# A host drops packets that are not addressed to it, unless forwarding is on for the interface
# where they arrive. ctr switches it on for these interfaces only. Writing ip_forward would set
# every interface, and writing its old value back would set every interface once more, so the
# value that each had before would be lost. For IPv6, force_forwarding does the same on single
# interfaces; all.forwarding would turn the whole host into a router, which ignores router
# advertisements.
step='14 enable-forwarding default'
made_14_1=yes
sysctl -qw net/ipv4/conf/ctr0/forwarding=1
made_14_2=yes
sysctl -qw net/ipv4/conf/wan0/forwarding=1
made_14_3=yes
sysctl -qw net/ipv6/conf/ctr0/force_forwarding=1
made_14_4=yes
sysctl -qw net/ipv6/conf/wan0/force_forwarding=1

# ── 15. Let ctr0's packets pass the firewall
# IPv4 and IPv6 have chains of their own, so each rule is added twice. Packets that the host
# routes pass the chain FORWARD, and with br_netfilter so do packets between ports of a bridge; on
# many hosts the policy of FORWARD is DROP. Three rules accept packets between containers, from
# containers to the outside, and the replies. The comment ctr:ctr0 marks them as ctr's.
step='15 allow-forwarding default'
made_15_1=yes
iptables -w 5 -t filter -I FORWARD -i ctr0 -o ctr0 -m comment --comment ctr:ctr0 -j ACCEPT
made_15_2=yes
iptables -w 5 -t filter -I FORWARD -i ctr0 ! -o ctr0 -m comment --comment ctr:ctr0 -j ACCEPT
made_15_3=yes
iptables -w 5 -t filter -I FORWARD -o ctr0 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment ctr:ctr0 -j ACCEPT
made_15_4=yes
ip6tables -w 5 -t filter -I FORWARD -i ctr0 -o ctr0 -m comment --comment ctr:ctr0 -j ACCEPT
made_15_5=yes
ip6tables -w 5 -t filter -I FORWARD -i ctr0 ! -o ctr0 -m comment --comment ctr:ctr0 -j ACCEPT
made_15_6=yes
ip6tables -w 5 -t filter -I FORWARD -o ctr0 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment ctr:ctr0 -j ACCEPT

# ── 16. Masquerade 192.168.0.0/16, fdf0:e4e5:ed20::/64 behind the host's address
# Routers outside know no way back to these containers. When a packet from 192.168.0.0/16,
# fdf0:e4e5:ed20::/64 leaves by an interface other than ctr0, MASQUERADE replaces its source
# address with the address of that interface, and remembers the connection. In the replies it puts
# the container's address back.
step='16 masquerade default'
made_16_1=yes
iptables -w 5 -t nat -A POSTROUTING -s 192.168.0.0/16 ! -o ctr0 -m comment --comment ctr:ctr0 -j MASQUERADE
made_16_2=yes
ip6tables -w 5 -t nat -A POSTROUTING -s fdf0:e4e5:ed20::/64 ! -o ctr0 -m comment --comment ctr:ctr0 -j MASQUERADE

# ── 17. Publish 8080:80/tcp, [2001:db8::1]:8000-8001:80-81/udp, 127.0.0.1:7000-7009:7000-7009/tcp of labex
# Others know the address of the host, not that of the container, so DNAT replaces the destination
# of packets for the published port: in PREROUTING for packets that arrive, in OUTPUT for those of
# the host itself. Replies must come back through the host, which translates them back; where the
# container would send them another way, MASQUERADE gives the request an address of the host as
# its source. Packets from 127.0.0.1 may leave by ctr0 only with route_localnet, which would also
# let packets for 127.0.0.0/8 in by ctr0: a rule in the table raw drops those. IPv6 has rules of
# its own. They leave [::1] out: the kernel takes no packet for it from another interface than
# loopback, and has no route_localnet for IPv6. Programs of the host use 127.0.0.1, or an address
# of the host.
step='17 publish-port labex/eth0'
made_17_1=yes
iptables -w 5 -t raw -I PREROUTING -d 127.0.0.0/8 -i ctr0 -m comment --comment ctr:ctr0 -j DROP
made_17_2=yes
iptables -w 5 -t nat -I POSTROUTING -s 192.168.0.0/16 -d 192.168.0.100/32 -o ctr0 -m conntrack --ctstate DNAT -m comment --comment ctr:ctr0:labex -j MASQUERADE
made_17_3=yes
iptables -w 5 -t nat -I POSTROUTING -s 127.0.0.0/8 -d 192.168.0.100/32 -o ctr0 -m conntrack --ctstate DNAT -m comment --comment ctr:ctr0:labex -j MASQUERADE
made_17_4=yes
iptables -w 5 -t filter -I FORWARD -d 192.168.0.100/32 -o ctr0 -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -m comment --comment ctr:ctr0:labex -j ACCEPT
made_17_5=yes
made_17_5_2=yes
iptables -w 5 -t nat -I PREROUTING -p tcp -m tcp --dport 8080 -m addrtype --dst-type LOCAL -m comment --comment ctr:ctr0:labex -j DNAT --to-destination 192.168.0.100:80
made_17_6=yes
iptables -w 5 -t nat -I OUTPUT -p tcp -m tcp --dport 8080 -m addrtype --dst-type LOCAL -m comment --comment ctr:ctr0:labex -j DNAT --to-destination 192.168.0.100:80
made_17_7=yes
iptables -w 5 -t nat -I OUTPUT -d 127.0.0.1/32 -p tcp -m tcp --dport 7000:7009 -m addrtype --dst-type LOCAL -m comment --comment ctr:ctr0:labex -j DNAT --to-destination 192.168.0.100
made_17_8=yes
ip6tables -w 5 -t nat -I POSTROUTING -s fdf0:e4e5:ed20::/64 -d fdf0:e4e5:ed20::2/128 -o ctr0 -m conntrack --ctstate DNAT -m comment --comment ctr:ctr0:labex -j MASQUERADE
made_17_9=yes
ip6tables -w 5 -t filter -I FORWARD -d fdf0:e4e5:ed20::2/128 -o ctr0 -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -m comment --comment ctr:ctr0:labex -j ACCEPT
made_17_10=yes
ip6tables -w 5 -t filter -I FORWARD -d fdf0:e4e5:ed20::2/128 -o ctr0 -p udp -m udp --dport 80:81 -m conntrack --ctstate DNAT -m comment --comment ctr:ctr0:labex -j ACCEPT
made_17_11=yes
made_17_11_2=yes
ip6tables -w 5 -t nat -I PREROUTING -p tcp -m tcp --dport 8080 -m addrtype --dst-type LOCAL -m comment --comment ctr:ctr0:labex -j DNAT --to-destination '[fdf0:e4e5:ed20::2]:80'
made_17_12=yes
ip6tables -w 5 -t nat -I OUTPUT ! -d ::1/128 -p tcp -m tcp --dport 8080 -m addrtype --dst-type LOCAL -m comment --comment ctr:ctr0:labex -j DNAT --to-destination '[fdf0:e4e5:ed20::2]:80'
made_17_13=yes
ip6tables -w 5 -t nat -I PREROUTING -d 2001:db8::1/128 -p udp -m udp --dport 8000 -m addrtype --dst-type LOCAL -m comment --comment ctr:ctr0:labex -j DNAT --to-destination '[fdf0:e4e5:ed20::2]:80'
made_17_14=yes
ip6tables -w 5 -t nat -I OUTPUT -d 2001:db8::1/128 -p udp -m udp --dport 8000 -m addrtype --dst-type LOCAL -m comment --comment ctr:ctr0:labex -j DNAT --to-destination '[fdf0:e4e5:ed20::2]:80'
made_17_15=yes
ip6tables -w 5 -t nat -I PREROUTING -d 2001:db8::1/128 -p udp -m udp --dport 8001 -m addrtype --dst-type LOCAL -m comment --comment ctr:ctr0:labex -j DNAT --to-destination '[fdf0:e4e5:ed20::2]:81'
made_17_16=yes
ip6tables -w 5 -t nat -I OUTPUT -d 2001:db8::1/128 -p udp -m udp --dport 8001 -m addrtype --dst-type LOCAL -m comment --comment ctr:ctr0:labex -j DNAT --to-destination '[fdf0:e4e5:ed20::2]:81'
made_17_17=yes
sysctl -qw net/ipv4/conf/ctr0/route_localnet=1

# ── 18. Tell labex to start /bin/sh
# The waiting process reads this line from its pipe and executes the command (exec). By now every
# mount and every interface is in place.
step='18 release-child labex'
echo go >&8

# ── wait, then undo everything
step=
wait "$labex_pid_parent" || {
  code=$?
  if [ "$code" = 1 ] && grep -q "sigprocmask unblock failed" "$dir/said"; then code=137; fi
  exit "$code"
}
