import { sandboxUplink, world6, worldAddresses6, worldGateway } from '../model/world-addresses.ts';

/** Directories of networking tools, which an ordinary user's PATH often lacks. */
export const systemPath = '/usr/local/sbin:/usr/sbin:/sbin';

const worldEnd = '02:57:41:4e:00:01';

/**
 * The script of a sandbox host's first process. It sets up the host and its world, runs the command, and is the init
 * that reaps orphans. When it ends, the kernel removes the whole sandbox.
 * Descriptors: 2 gets errors of the set-up, 9 is the user's standard error. End of file on 3 means that the ctr outside
 * is gone. The script writes `ready` to 4, later the command's exit code. 7 is the state directory outside, 8 the lock
 * on the run's name in it.
 * Arguments: `stay` or `leave` when the command has ended; the run's name and the key of its state directory, by which
 * ctr finds the host (src/sandbox/find.ts); the last part of that directory's path; the addresses of the world, node,
 * the bundle, the user's PATH, the command.
 */
export const hostScript = `
set -eu
mode=$1 run=$2 base=$4 addresses=$5 node=$6 bundle=$7 path=$8
shift 8
unset XDG_RUNTIME_DIR CTR_STATE_DIR

# The ctr outside is gone: end everything here.
if [ "$mode" = leave ]; then
  (trap '' HUP TERM; read -r _ <&3 || kill -s KILL -- -1) 2>/dev/null 4>&- 7>&- 8>&- 9>&- &
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
  exec env -i PATH="$PATH" "$@"' world "$node" "$bundle" world \\
  </run/world.gate >/run/world.says 2>/dev/null 3>&- 4>&- 7>&- 8>&- 9>&- &
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
if [ -e /proc/sys/net/ipv6 ]; then
  echo 0 >/proc/sys/net/ipv6/conf/${sandboxUplink.name}/accept_dad
  ip addr add ${world6.uplink}/${world6.prefix} dev ${sandboxUplink.name} nodad
  in_world ip addr add ${world6.gateway}/${world6.prefix} dev eth0 nodad
  for address in ${worldAddresses6.join(' ')}; do in_world ip addr add "$address/128" dev lo; done
fi
ip link set dev ${sandboxUplink.name} up
ip route add default via ${worldGateway} dev ${sandboxUplink.name}
if [ -e /proc/sys/net/ipv6 ]; then
  ip route add default via ${world6.gateway} dev ${sandboxUplink.name}
fi
echo "nameserver ${worldGateway}" >/run/resolv.conf
mount --bind /run/resolv.conf /etc/resolv.conf 2>/dev/null || true
echo go >&5
read -r answer <&6 || { echo 'the servers of the world did not start' >&2; exit 1; }
[ "$answer" = ready ]
rm /run/world.gate /run/world.says
exec 6<&-
echo ready >&4
exec 2>&9 9>&-

set +e
# A Ctrl-C is for the command: dash(1) would end by it, and the machine with it.
trap : INT
# By exec, no word of the user's is taken for a command of this shell.
(PATH=$path:${systemPath}; exec "$@" 3>&- 4>&- 5>&- 7>&- 8>&-)
code=$?
# Whoever ended the run from outside, through a ctr that came in, hears how that went.
if [ "$mode" = leave ] && [ -n "$run" ]; then flock --timeout 2 /run/visitors true; fi
# unshare(1) that has seen a Ctrl-C ends by it, whatever its child says (util-linux 2.38).
echo "$code" >&4
if [ "$mode" = stay ]; then
  exec 4>&- </dev/null >/dev/null 2>&1
  if [ "$code" = 0 ]; then
    # Stay as long as the run does, and until everybody who came in has left.
    flock "/run/ctr/$run/lock" true
    while [ -e "/run/ctr/$run" ]; do sleep 0.05; done
    flock /run/visitors true
    # How it ended is for those outside to ask.
    cp -R /run/ctr/.ended /proc/self/fd/7/
    # The name is free again; the last run takes the state directory along.
    rm -r "/proc/self/fd/7/$run"
    flock --timeout 5 /proc/self/fd/7/lock sh -c \\
      'cd /proc/self/fd/7 && [ "$(ls)" = lock ] && rm lock && rmdir "../$1"' sh "$base"
  fi
fi
exit "$code"
`;
