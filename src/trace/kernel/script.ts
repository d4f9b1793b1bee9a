import { instanceMarks, tracefs } from './names.ts';

/** Kilobytes of each CPU's buffer. */
const bufferKilobytes = 1024;

const needed = 'skb/kfree_skb';
/** `net_dev_queue` shows sent packets, `netif_rx` those that a veth pair hands over. */
const wanted = [
  'skb/consume_skb',
  'net/net_dev_queue',
  'net/netif_receive_skb',
  'net/netif_rx',
  'fib/fib_table_lookup',
  'neigh/neigh_event_send_done',
  'neigh/neigh_update',
  'neigh/neigh_update_done',
  'neigh/neigh_timer_handler',
].join(' ');

/**
 * Keeps an instance of tracefs as long as its standard input is open. It runs in a mount namespace of its own, so that
 * mounting tracefs changes nothing for others. An open file of the instance guards it: rmdir(2) of an instance in use
 * fails with EBUSY.
 * Says `no WHY WHAT THE TOOL SAID`, or `lacks EVENT` for each event that this kernel does not have and `ready NAME`.
 * Prints the trace after a line `stop`. Argument: the name of the instance.
 */
export const keeperScript = `
no() { echo "no $*"; exit 0; }
top=${tracefs} name=$1
[ -d $top ] || no kernel
if ! [ -d $top/instances ]; then
  said=$(mount -t tracefs tracefs $top 2>&1) || no mount "$said"
fi
here=$top/instances/$name
mkdir -p ${instanceMarks}
: >${instanceMarks}/$name
clean() {
  trap '' HUP INT TERM PIPE EXIT
  [ -d "$here" ] && echo 0 >"$here/tracing_on"
  exec 8>&-
  [ -d "$here" ] && rmdir "$here"
  rm -f ${instanceMarks}/$name
  rmdir ${instanceMarks}
  exit 0
} 2>/dev/null
trap clean EXIT HUP INT TERM PIPE
# Another ctr that cleans up may take it for abandoned, as long as it is not open.
for try in 1 2 3; do
  said=$(mkdir $here 2>&1) || no instance "$said"
  { command exec 8>$here/trace_marker; } 2>/dev/null && break
  [ $try = 3 ] && no instance
done
echo 0 >$here/tracing_on
put() { echo "$1" >"$here/$2"; } 2>/dev/null
put mono trace_clock || no clock
put ${bufferKilobytes} buffer_size_kb
# Another tracer's choice of format is taken over by new instances.
for one in context-info irq-info; do put 1 options/$one; done
for one in raw hex bin fields overwrite; do put 0 options/$one; done
put 1 events/${needed}/enable || no event
grep -q reason $here/events/${needed}/format || echo lacks reason
for one in ${wanted}; do put 1 events/$one/enable || echo "lacks $one"; done
echo 1 >$here/tracing_on
echo "ready $name"
read -r word || exit 0
[ "$word" = stop ] || exit 0
echo 0 >$here/tracing_on
cat $here/trace
grep -hE '^(overrun|dropped events):' $here/per_cpu/cpu*/stats
`;
