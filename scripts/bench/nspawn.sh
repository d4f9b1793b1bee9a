#!/bin/sh
# systemd-nspawn, which connects the container to a bridge. The script adds address and route; the bridge and NAT are
# those of the baseline.
#   nspawn.sh prepare | run ROOTFS COMMAND… | keep ROOTFS COMMAND… | drop
set -eu
# shellcheck disable=SC2034 # for bridge.sh
bridge=nspawn0 gateway=10.95.0.1/16 subnet=10.95.0.0/16
own=/run/bench/nspawn
# shellcheck source-path=SCRIPTDIR source=bridge.sh
. "$(dirname "$0")/bridge.sh"

# shellcheck disable=SC2016 # the container expands them
inside='
  ip addr add "$1" broadcast + dev host0
  ip link set dev host0 up
  ip route add default via "$2"
  shift 2
  exec "$@"
'

become=
spawn() {
  name=$1 address=$2 rootfs=$3
  shift 3
  $become systemd-nspawn --quiet --register=no --keep-unit --read-only --console=pipe --timezone=off \
    --machine "$name" --directory "$rootfs" --network-bridge $bridge \
    /bin/sh -c "$inside" inside "$address" "${gateway%/*}" "$@"
}

job=$1
shift
case $job in
  prepare) mkdir -p $own ;;
  run)
    bridge_up
    spawn run 10.95.0.2/16 "$@" && code=0 || code=$?
    bridge_down
    exit "$code"
    ;;
  keep)
    bridge_up
    become='exec'
    spawn keep 10.95.0.3/16 "$@" >/dev/null 2>&1 </dev/null &
    echo $! >$own/keep.pid
    until [ -e /sys/class/net/vb-keep ]; do sleep 0.1; done
    ;;
  drop)
    read -r process <$own/keep.pid
    # SIGKILL, since the container's first process ignores SIGTERM.
    read -r first <"/proc/$process/task/$process/children" || true
    kill -s KILL "${first% *}"
    while [ -e /sys/class/net/vb-keep ]; do sleep 0.1; done
    bridge_down
    ;;
esac
