#!/bin/sh
# docker run, on the default bridge. `prepare` starts the daemons before the measurements.
#   docker.sh prepare ROOTFS | daemons | up COUNT COMMAND… | down
set -eu
job=$1
shift
case $job in
  prepare)
    dockerd --oom-score-adjust 0 --exec-opt native.cgroupdriver=cgroupfs \
      >/run/bench/dockerd.log 2>&1 </dev/null &
    tries=0
    until docker info >/dev/null 2>&1; do
      tries=$((tries + 1))
      if [ $tries -gt 100 ]; then
        tail -n 3 /run/bench/dockerd.log >&2
        exit 1
      fi
      sleep 0.2
    done
    tar -C "$1" -c . | docker import - bench >/dev/null
    ;;
  daemons)
    for file in /run/docker.pid /run/docker/containerd/containerd.pid; do
      read -r daemon <$file || true
      echo "$daemon"
    done
    ;;
  up)
    count=$1
    shift
    while [ "$count" -gt 0 ]; do
      docker run -d bench "$@" >/dev/null
      count=$((count - 1))
    done
    ;;
  down) docker ps --quiet | xargs docker rm --force >/dev/null ;;
esac
