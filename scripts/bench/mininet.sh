#!/bin/sh
# Many hosts of mininet. The process of `up` keeps running until `down`.
#   mininet.sh up COUNT | down
set -eu
own=/run/bench/mininet
case $1 in
  up)
    mkdir -p $own
    mkfifo $own/ready $own/stop $own/gone
    {
      "$(dirname "$0")/mininet-single.py" up "$2" $own/ready $own/stop >$own/log 2>&1 || true
      echo gone >$own/gone
    } </dev/null >/dev/null 2>&1 &
    read -r _ <$own/ready
    ;;
  down)
    echo stop >$own/stop
    read -r _ <$own/gone
    rm -r $own
    ;;
esac
