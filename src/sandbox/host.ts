import { sandboxUplink, worldGateway } from './addresses.ts';

const worldEnd = '02:57:41:4e:00:01';

/**
 * What the first process of a sandbox host runs: it makes the host and its world, runs the
 * command, and is the init that reaps whatever is left without a parent. When it ends, the
 * kernel takes everything of the sandbox with it.
 *
 * Descriptors: on 3 end of file means that the ctr outside is gone; on 4 the command's exit code
 * is told when the sandbox stays on after it. Arguments: `stay` and the run's name, or `leave`
 * and nothing, the addresses of the world, node, the bundle, the user's PATH, the command.
 */
export const hostScript = `
set -eu
mode=$1 run=$2 addresses=$3 node=$4 bundle=$5 path=$6
shift 6
unset XDG_RUNTIME_DIR CTR_STATE_DIR

# The ctr outside is gone: end everything here.
if [ "$mode" = leave ]; then
  (read -r _ <&3 || kill -s KILL -- -1) 4>&- &
fi

# A machine of its own: what it writes to /run is in memory, and its /sys shows its own network.
mount -t tmpfs -o mode=0755 tmpfs /run
mkdir /run/lock
mount -t sysfs sysfs /sys
hostname sandbox
ip link set dev lo up
echo 0 >/proc/sys/net/ipv4/ip_forward
for value in /proc/sys/net/ipv4/conf/*/forwarding; do echo 0 >"$value"; done

# The world: another network namespace, with the servers that answer for the internet.
mkfifo /run/world.gate /run/world.says
unshare --net sh -c 'echo here >/run/world.says; read -r go </run/world.gate
  exec env -i PATH="$PATH" "$@" 3>&- 4>&-' world "$node" "$bundle" world \\
  </run/world.gate >/run/world.says 2>/dev/null 3>&- 4>&- &
world=$!
exec 5>/run/world.gate 6</run/world.says
read -r _ <&6
ip link add name ${sandboxUplink.name} address ${sandboxUplink.mac} type veth peer name eth0 address ${worldEnd} netns "$world"
ip addr add ${sandboxUplink.address} broadcast + dev ${sandboxUplink.name}
in_world() { nsenter --target "$world" --net "$@"; }
in_world ip link set dev lo up
in_world ip addr add ${worldGateway}/24 broadcast + dev eth0
in_world ip link set dev eth0 up
for address in $addresses; do in_world ip addr add "$address/32" dev lo; done
ip link set dev ${sandboxUplink.name} up
ip route add default via ${worldGateway} dev ${sandboxUplink.name}
echo "nameserver ${worldGateway}" >/run/resolv.conf
mount --bind /run/resolv.conf /etc/resolv.conf 2>/dev/null || true
echo go >&5
read -r answer <&6 || { echo 'ctr: the servers of the sandbox did not start' >&2; exit 125; }
[ "$answer" = ready ]
rm /run/world.gate /run/world.says
exec 6<&-

set +e
PATH=$path:/usr/local/sbin:/usr/sbin:/sbin
"$@" 3>&- 4>&- 5>&-
code=$?
if [ "$mode" = stay ]; then
  echo "$code" >&4
  exec 4>&- </dev/null >/dev/null 2>&1
  if [ "$code" = 0 ]; then
    # Stay as long as the run does, and until everybody who came in has left.
    flock "/run/ctr/$run/lock" true
    while [ -e "/run/ctr/$run" ]; do sleep 0.05; done
    flock /run/visitors true
    # How it ended is for those outside to ask.
    cp -R /run/ctr/.ended /proc/self/fd/7/.. 2>/dev/null
  fi
  rm -f "/proc/self/fd/7/$run"
fi
exit "$code"
`;
