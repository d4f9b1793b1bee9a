#!/bin/sh
# The tutorial as a plain shell script, the baseline of the benchmark: one command per step, a chroot as root, no
# other isolation.
#   baseline.sh run ROOTFS COMMAND…        one container: set up, run the command, remove everything
#   baseline.sh up ROOTFS FIRST LAST COMMAND…   containers that stay, numbered
#   baseline.sh down FIRST LAST
set -eu
# shellcheck disable=SC2034 # for bridge.sh
bridge=base0 gateway=10.99.0.1/16 subnet=10.99.0.0/16
# shellcheck source-path=SCRIPTDIR source=bridge.sh
. "$(dirname "$0")/bridge.sh"

# shellcheck disable=SC2016 # the child expands them
child_script='
  echo ready >"$1/ready"
  read -r _ <"$1/go"
  hostname "$2"
  mount -t proc proc "$3/proc"
  shift 2
  exec chroot "$@"
'

container_up() {
  number=$1 rootfs=$2
  shift 2
  veth=base-veth$number own=/run/baseline-$number
  high=$((number / 250)) low=$((number % 250 + 2))
  mkdir "$own"
  mkfifo "$own/ready" "$own/go"
  bridge_up
  ip link add name "$veth" type veth peer name "base-peer$number"
  ip link set dev "$veth" address "$(printf 'fe:00:0a:63:%02x:%02x' "$high" "$low")"
  ip link set dev "$veth" master "$bridge"
  ip link set dev "$veth" up
  unshare --net --mount --uts --ipc --pid --fork --kill-child \
    sh -c "$child_script" child "$own" "container$number" "$rootfs" "$@" &
  child=$!
  echo "$child" >"$own/pid"
  read -r _ <"$own/ready"
  ip link set dev "base-peer$number" netns "$child" name eth0
  nsenter --target "$child" --net ip link set dev lo up
  nsenter --target "$child" --net ip addr add "10.99.$high.$low/16" broadcast + dev eth0
  nsenter --target "$child" --net ip link set dev eth0 up
  nsenter --target "$child" --net ip route add default via "${gateway%/*}"
  echo go >"$own/go"
}

# Also removes the remains of a failed start.
container_down() {
  own=/run/baseline-$1
  if [ -e "$own/pid" ]; then
    read -r child <"$own/pid"
    kill -s KILL "$child" 2>/dev/null || true
  fi
  # The kernel removes the veth pair some time after its namespace; ip link del does not return before that.
  ip link del dev "base-veth$1" 2>/dev/null || true
  rm -r "$own"
  bridge_down
}

job=$1
shift
case $job in
  run)
    trap 'container_down 0' EXIT
    trap 'exit 130' INT TERM
    container_up 0 "$@"
    wait "$child" && code=0 || code=$?
    exit "$code"
    ;;
  up)
    rootfs=$1 number=$2 last=$3
    shift 3
    while [ "$number" -le "$last" ]; do
      container_up "$number" "$rootfs" "$@"
      number=$((number + 1))
    done
    ;;
  down)
    number=$1
    while [ "$number" -le "$2" ]; do
      container_down "$number"
      number=$((number + 1))
    done
    ;;
esac
