#!/bin/sh
# lxc-execute, which connects the container to a bridge. The bridge and NAT are those of the baseline.
#   lxc.sh prepare ROOTFS | run COMMAND… | keep COMMAND… | drop
set -eu
# shellcheck disable=SC2034 # for bridge.sh
bridge=lxc0 gateway=10.96.0.1/16 subnet=10.96.0.0/16
own=/run/bench/lxc
# shellcheck source-path=SCRIPTDIR source=bridge.sh
. "$(dirname "$0")/bridge.sh"
job=$1
shift
case $job in
  prepare)
    mkdir -p $own
    for name in run keep; do
      case $name in run) address=2 ;; *) address=3 ;; esac
      cat >$own/$name.conf <<END
lxc.uts.name = $name
lxc.rootfs.path = dir:$1
lxc.mount.auto = proc:mixed sys:ro
lxc.apparmor.profile = unconfined
lxc.net.0.type = veth
lxc.net.0.link = $bridge
lxc.net.0.flags = up
lxc.net.0.name = eth0
lxc.net.0.ipv4.address = 10.96.0.$address/16
lxc.net.0.ipv4.gateway = ${gateway%/*}
END
    done
    ;;
  run)
    bridge_up
    lxc-execute --name run --rcfile $own/run.conf -- "$@" && code=0 || code=$?
    bridge_down
    exit "$code"
    ;;
  keep)
    bridge_up
    lxc-execute --daemon --name keep --rcfile $own/keep.conf -- "$@"
    ;;
  drop)
    lxc-stop --kill --name keep
    bridge_down
    ;;
esac
