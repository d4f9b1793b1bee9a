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
  [ -n "${labex_pid-}" ] || { kill "${labex_pid_parent-}" 2>/dev/null; return 0; }
  kill -s KILL "$labex_pid" 2>/dev/null
  wait "$labex_pid_parent" 2>/dev/null
}
undo_2_1() {
  [ -n "${made_2_1-}" ] || return 0
  ip -d link show dev ctr0 2>/dev/null | grep -q " group 1129578496 " || return 0
  if { ip -o link show master ctr0; ip -o -d link show | grep -E '@ctr0: | dev ctr0 '
    ip -o link show dev ctr0 | grep ' master '
    ip -o addr show dev ctr0 scope global | grep -v ' 192.168.0.1/16 ' | grep -v ' fdf0:e4e5:ed20::1/64 '; } | grep -q .
  then echo "others use ctr0, so it stays" >&2; return 0; fi
  said=$(ip link del dev ctr0 2>&1) || ! ip link show dev ctr0 >/dev/null 2>&1 || echo "$said" >&2
}
undo_2_3() {
  [ -n "${made_2_3-}" ] || return 0
  ip -d link show dev veth-labex 2>/dev/null | grep -q " group 1129609751 " || return 0
  said=$(ip link del dev veth-labex 2>&1) || ! ip link show dev veth-labex >/dev/null 2>&1 || echo "$said" >&2
}
undo_4_1() {
  [ -n "${made_4_1-}" ] || return 0
  [ "$(cat /proc/sys/net/ipv4/conf/ctr0/forwarding 2>/dev/null)" = 1 ] || return 0
  [ "$(cat /proc/sys/net/ipv4/ip_forward 2>/dev/null)" = 0 ] || return 0
  [ "$(cat /proc/sys/net/ipv4/conf/default/forwarding 2>/dev/null)" = 0 ] || return 0
  sysctl -qw net/ipv4/conf/ctr0/forwarding=0
}
undo_4_1_2() {
  [ -n "${made_4_1_2-}" ] || return 0
  [ "$(cat /proc/sys/net/ipv4/conf/wan0/forwarding 2>/dev/null)" = 1 ] || return 0
  [ "$(cat /proc/sys/net/ipv4/ip_forward 2>/dev/null)" = 0 ] || return 0
  [ "$(cat /proc/sys/net/ipv4/conf/default/forwarding 2>/dev/null)" = 0 ] || return 0
  sysctl -qw net/ipv4/conf/wan0/forwarding=0
}
undo_4_1_3() {
  [ -n "${made_4_1_3-}" ] || return 0
  [ "$(cat /proc/sys/net/ipv6/conf/ctr0/force_forwarding 2>/dev/null)" = 1 ] || return 0
  sysctl -qw net/ipv6/conf/ctr0/force_forwarding=0
}
undo_4_1_4() {
  [ -n "${made_4_1_4-}" ] || return 0
  [ "$(cat /proc/sys/net/ipv6/conf/wan0/force_forwarding 2>/dev/null)" = 1 ] || return 0
  sysctl -qw net/ipv6/conf/wan0/force_forwarding=0
}
undo_4_2() {
  [ -n "${made_4_2-}" ] || return 0
  nft list table ip ctr/ctr0 2>/dev/null | grep -q 'comment "ctr:ctr0"' || return 0
  nft delete table ip ctr/ctr0
}
undo_4_2_2() {
  [ -n "${made_4_2_2-}" ] || return 0
  nft list table ip6 ctr/ctr0 2>/dev/null | grep -q 'comment "ctr:ctr0"' || return 0
  nft delete table ip6 ctr/ctr0
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
  undo_1_1
  undo_2_3
  undo_2_1
  undo_4_1_4
  undo_4_1_3
  undo_4_1_2
  undo_4_1
  undo_4_2_2
  undo_4_2
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

# ── 1. Start labex in its own namespaces, and make it wait
# unshare gives the process its own network, process IDs, mounts, host name and IPC, setsid
# detaches it from your terminal, and setpriv leaves it few capabilities. The process then waits
# until ctr writes a line into its pipe, in the last step: until then no program of the container
# runs. Descriptor 3 is that pipe; on 4 the process tells ctr its pid, and 5 is the standard error
# that the container's program gets.
step='1 start-child labex'
made_1_1=yes
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

# ── 2. Create the veth pair, attach it to its bridge and switch it on
# One request creates a veth pair with both names and MACs, attaches the host's end to the bridge,
# and creates the other end directly in the waiting process's network namespace. ip reads the
# requests from its standard input, one per line, and stops at the first failure.
step='2 create-links labex'
made_2_1=yes
ip -batch - >/dev/null <<'EOF'
link add name ctr0 address 02:5b:ea:2d:df:c4 group 1129578496 type bridge
addr add 192.168.0.1/16 broadcast + dev ctr0
EOF
sysctl -qw net/ipv6/conf/ctr0/disable_ipv6=0 net/ipv6/conf/ctr0/accept_ra=0 net/ipv6/conf/ctr0/autoconf=0 net/ipv6/conf/ctr0/accept_dad=0
made_2_3=yes
ip -batch - >/dev/null <<EOF
addr add fdf0:e4e5:ed20::1/64 dev ctr0 nodad
link set dev ctr0 up
link add name veth-labex mtu 1500 address fe:6c:02:7a:16:bc group 1129609751 master ctr0 up type veth peer name eth0 mtu 1500 address 02:2b:0c:01:bc:37 group 1129609751 netns ${labex_pid}
link property add dev veth-labex altname ctr:labex.labex.eth0
EOF

# ── 3. Give the container its address and route
# The container's end of the veth pair is already in place, and an address needs no root file
# system. One ip process for each container sets address and route, while a shell builds the
# container's root.
step='3 configure-addresses labex'
nsenter --target "$labex_pid" --net sysctl -qw net/ipv6/conf/eth0/disable_ipv6=0 net/ipv6/conf/eth0/accept_ra=0 net/ipv6/conf/eth0/autoconf=0 net/ipv6/conf/eth0/accept_dad=0
nsenter --target "$labex_pid" --net ip -batch - >/dev/null <<'EOF'
link set dev lo up
addr add 192.168.0.100/16 broadcast 192.168.255.255 dev eth0
addr add fdf0:e4e5:ed20::2/64 dev eth0 nodad
link set dev eth0 up
route add default via 192.168.0.1 dev eth0
route add default via fdf0:e4e5:ed20::1 dev eth0
EOF

# ── 4. Forward and masquerade ctr0's packets
# ctr switches forwarding on for the interfaces that need it, and adds all rules of the network in
# one transaction. Meanwhile the containers wait, and their roots are built.
step='4 open-firewall default'
made_4_1=yes
made_4_1_2=yes
made_4_1_3=yes
made_4_1_4=yes
sysctl -qw net/ipv4/conf/ctr0/forwarding=1 net/ipv4/conf/wan0/forwarding=1 net/ipv6/conf/ctr0/force_forwarding=1 net/ipv6/conf/wan0/force_forwarding=1
made_4_2=yes
made_4_2_2=yes
nft -f - >/dev/null <<'EOF'
create table ip ctr/ctr0
add chain ip ctr/ctr0 forward { type filter hook forward priority filter ; policy accept ; }
add chain ip ctr/ctr0 postrouting { type nat hook postrouting priority srcnat ; policy accept ; }
add rule ip ctr/ctr0 forward iifname "ctr0" oifname "ctr0" accept comment "ctr:ctr0"
add rule ip ctr/ctr0 forward iifname "ctr0" oifname != "ctr0" accept comment "ctr:ctr0"
add rule ip ctr/ctr0 forward oifname "ctr0" ct state established,related accept comment "ctr:ctr0"
add rule ip ctr/ctr0 postrouting ip saddr 192.168.0.0/16 oifname != "ctr0" masquerade comment "ctr:ctr0"
create table ip6 ctr/ctr0
add chain ip6 ctr/ctr0 forward { type filter hook forward priority filter ; policy accept ; }
add chain ip6 ctr/ctr0 postrouting { type nat hook postrouting priority srcnat ; policy accept ; }
add rule ip6 ctr/ctr0 forward iifname "ctr0" oifname "ctr0" accept comment "ctr:ctr0"
add rule ip6 ctr/ctr0 forward iifname "ctr0" oifname != "ctr0" accept comment "ctr:ctr0"
add rule ip6 ctr/ctr0 forward oifname "ctr0" ct state established,related accept comment "ctr:ctr0"
add rule ip6 ctr/ctr0 postrouting ip6 saddr fdf0:e4e5:ed20::/64 oifname != "ctr0" masquerade comment "ctr:ctr0"
EOF

# ── 5. Set up labex's host name, /etc files and root
# One shell with the host's tools enters the namespaces of the waiting process: it sets the host
# name, writes the files in /etc, mounts the root, and calls pivot_root last. It does not wait for
# the veth pair, which ctr creates meanwhile.
step='5 set-up-root labex'
on_terminal '17c\
  '\''/dev/pts /mnt/root/dev/pts none bind,nosuid,noexec 0 0'\'' \\' <<'EOF' | nsenter --target "$labex_pid" --ipc --mount --net --pid --uts sh -eu -s "$labex_pid" >/dev/null
mount --no-mtab -t tmpfs -o mode=01755 ctr /mnt
cd /mnt; [ -k . ]; mkdir -p upper/etc work root helper dev/pts dev/shm dev/mqueue dev/.ctr; cd dev; for file in null zero full random urandom tty ptmx ../helper/setpriv ../helper/chroot ../helper/env ../helper/libcap-ng.so.0 ../helper/libc.so.6 ../helper/ld-linux-x86-64.so.2; do : >"$file"; done; cp -P /dev/fd /dev/stdin /dev/stdout /dev/stderr . 2>/dev/null || { rm -f fd std*; ln -s /proc/self/fd fd; ln -s fd/0 stdin; ln -s fd/1 stdout; ln -s fd/2 stderr; }
{ printf '%s\n' labex >/proc/sys/kernel/hostname; } 2>/dev/null ||
  hostname labex
printf '%s\n' labex >/mnt/upper/etc/hostname
printf '%s\n' \
  '127.0.0.1 localhost' \
  '::1 localhost ip6-localhost ip6-loopback' \
  '192.168.0.100 labex' \
  'fdf0:e4e5:ed20::2 labex' >/mnt/upper/etc/hosts
printf '%s\n' 'nameserver 114.114.114.114' >/mnt/upper/etc/resolv.conf
printf '%s\n' \
  'overlay /mnt/root overlay lowerdir=/srv/labex,upperdir=/mnt/upper,workdir=/mnt/work,nosuid,nodev 0 0' \
  'proc /mnt/root/proc proc nosuid,nodev,noexec,x-mount.mkdir 0 0' \
  'sysfs /mnt/root/sys sysfs ro,nosuid,nodev,noexec,x-mount.mkdir 0 0' \
  '/mnt/dev /mnt/root/dev none bind,nosuid,noexec,x-mount.mkdir 0 0' \
  'devpts /mnt/root/dev/pts devpts newinstance,ptmxmode=0666,mode=0620,nosuid,noexec 0 0' \
  '/mnt/root/dev/pts/ptmx /mnt/root/dev/ptmx none bind,nosuid,noexec 0 0' \
  'tmpfs /mnt/root/dev/shm tmpfs mode=1777,size=64m,nosuid,nodev,noexec 0 0' \
  'mqueue /mnt/root/dev/mqueue mqueue nosuid,nodev,noexec 0 0' \
  '/dev/null /mnt/root/dev/null none bind,nosuid,noexec 0 0' \
  '/dev/zero /mnt/root/dev/zero none bind,nosuid,noexec 0 0' \
  '/dev/full /mnt/root/dev/full none bind,nosuid,noexec 0 0' \
  '/dev/random /mnt/root/dev/random none bind,nosuid,noexec 0 0' \
  '/dev/urandom /mnt/root/dev/urandom none bind,nosuid,noexec 0 0' \
  '/dev/tty /mnt/root/dev/tty none bind,nosuid,noexec 0 0' \
  '/mnt/root/proc/bus /mnt/root/proc/bus none bind,ro,nosuid,nodev,noexec 0 0' \
  '/mnt/root/proc/fs /mnt/root/proc/fs none bind,ro,nosuid,nodev,noexec 0 0' \
  '/mnt/root/proc/irq /mnt/root/proc/irq none bind,ro,nosuid,nodev,noexec 0 0' \
  '/mnt/root/proc/sys /mnt/root/proc/sys none bind,ro,nosuid,nodev,noexec 0 0' \
  '/dev/null /mnt/root/proc/keys none bind,nosuid,noexec 0 0' \
  '/dev/null /mnt/root/proc/timer_list none bind,nosuid,noexec 0 0' \
  'tmpfs /mnt/root/proc/acpi tmpfs ro,size=4k,nosuid,nodev,noexec 0 0' \
  '/mnt/helper /mnt/root/dev/.ctr none bind,ro,nosuid,nodev 0 0' \
  '/usr/bin/setpriv /mnt/root/dev/.ctr/setpriv none bind,ro,nosuid,nodev 0 0' \
  '/usr/sbin/chroot /mnt/root/dev/.ctr/chroot none bind,ro,nosuid,nodev 0 0' \
  '/usr/bin/env /mnt/root/dev/.ctr/env none bind,ro,nosuid,nodev 0 0' \
  '/lib/x86_64-linux-gnu/libcap-ng.so.0 /mnt/root/dev/.ctr/libcap-ng.so.0 none bind,ro,nosuid,nodev 0 0' \
  '/lib/x86_64-linux-gnu/libc.so.6 /mnt/root/dev/.ctr/libc.so.6 none bind,ro,nosuid,nodev 0 0' \
  '/lib64/ld-linux-x86-64.so.2 /mnt/root/dev/.ctr/ld-linux-x86-64.so.2 none bind,ro,nosuid,nodev 0 0' >/mnt/fstab
mount --no-mtab --all --fstab /mnt/fstab
pivot_root /mnt/root /mnt/root/dev/.ctr
EOF

# ── 6. Detach the host's root from labex
# After pivot_root the old root is still mounted, on /dev/.ctr; a program that keeps the host's
# root as its own, and is therefore the host's program, unmounts it in the container's mount
# namespace. Then /dev/.ctr shows the read-only setpriv, chroot and env that ctr exec uses. The
# line with test -e changes nothing: it checks that setpriv can be seen there, which is so only
# once the old root is gone.
step='6 detach-old-root labex'
nsenter --target "$labex_pid" --mount --root=/ --wd=/ umount --no-mtab --no-canonicalize --lazy "/proc/${labex_pid}/root/dev/.ctr"
test -e "/proc/${labex_pid}/root/dev/.ctr/setpriv"

# ── 7. Tell labex to start /bin/sh
# The waiting process reads this line from its pipe and executes the command (exec). By now every
# mount and every interface is in place.
step='7 release-child labex'
echo go >&8

# ── wait, then undo everything
step=
wait "$labex_pid_parent" || {
  code=$?
  if [ "$code" = 1 ] && grep -q "sigprocmask unblock failed" "$dir/said"; then code=137; fi
  exit "$code"
}
