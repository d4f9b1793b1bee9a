#!/bin/sh
# podman run, on a network of podman's. It uses netavark and crun if they are installed.
#   podman.sh prepare ROOTFS | up COUNT COMMAND… | down
set -eu
job=$1
shift
case $job in
  prepare)
    mkdir -p /etc/containers
    # These settings do not concern speed: the host has no systemd, and no right to raise limits.
    cat >/etc/containers/containers.conf <<'END'
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
[containers]
log_driver = "k8s-file"
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
END
    tar -C "$1" -c . | podman import --quiet - bench >/dev/null
    ;;
  up)
    count=$1
    shift
    while [ "$count" -gt 0 ]; do
      podman run -d "localhost/bench" "$@" >/dev/null
      count=$((count - 1))
    done
    ;;
  down) podman rm --force --all --time 0 >/dev/null ;;
esac
