/** What all events have: when, and on which task and CPU they were written. */
interface Moment {
  /** Seconds on the kernel's monotonic clock (clock_gettime(2)). */
  readonly time: number;
  readonly cpu: number;
  /** Pid in the first PID namespace of the machine. */
  readonly pid: number;
  /** Whether a task called the kernel; otherwise a soft or hard interrupt ran on top of that task. */
  readonly byTask: boolean;
}

/** One event of the trace, as far as a probe's way needs it. Addresses of buffers are hashed by the kernel. */
export type RawEvent = Moment &
  (
    | { readonly event: 'mark'; readonly text: string }
    | {
        /** Handed to a device, taken from one, or put into the queue of the next device (veth). */
        readonly event: 'queue' | 'receive' | 'hand-over';
        readonly buffer: string;
        readonly device: string;
        /** Bytes; with the Ethernet header only for `queue`. */
        readonly length: number;
      }
    | {
        readonly event: 'drop';
        readonly buffer: string;
        readonly reason?: string;
        /** The function of the kernel that dropped it. */
        readonly location: string;
        /** EtherType. */
        readonly protocol: number;
      }
    | { readonly event: 'free'; readonly buffer: string }
    | {
        readonly event: 'lookup';
        readonly table: number;
        /** IP protocol number; 0 where the kernel asks about an address, not for a packet. */
        readonly protocol: number;
        readonly source: string;
        readonly destination: string;
        readonly device: string;
        readonly gateway: string;
        /** 0, or a negative errno. */
        readonly error: number;
      }
    | {
        readonly event:
          | 'neighbour-asked'
          | 'neighbour-update'
          | 'neighbour-updated'
          | 'neighbour-timer';
        readonly device: string;
        readonly address: string;
        /** The state of neighbour entries in ip-neighbour(8), in small letters. */
        readonly state: string;
      }
  );

export interface KernelTrace {
  readonly events: readonly RawEvent[];
  /** Events for which the buffer had no room. */
  readonly missed: number;
}

/** `comm-pid (tgid) [cpu] flags seconds: event: fields`; the name of a task may hold anything. */
const line = /^.*?-(\d+)\s+(?:\([\s\d-]+\)\s+)?\[(\d+)\]\s+([^\s:]+)\s+(\d+\.\d+): (\w+): (.*)$/;

const device = /^dev=(.*) skbaddr=(\S+) len=(\d+)$/;
const freed = /^skbaddr=(\S+)(?: rx_sk=\S+)?(?: protocol=(\d+))? location=(\S+)(?: reason: (\S+))?/;
const lookup =
  /^table (\d+) .*?proto (\d+) ([\d.]+)\/\d+ -> ([\d.]+)\/\d+ .*==> dev (\S+) gw ([\d.]+)\S* err (-?\d+)$/;
const neighbour = /^family 2 dev (\S+) .*?nud_state (\S+) .*?primary_key4 ([\d.]+)/;

const deviceEvents = {
  net_dev_queue: 'queue',
  netif_receive_skb: 'receive',
  netif_rx: 'hand-over',
} as const;
const neighbourEvents = {
  neigh_event_send_done: 'neighbour-asked',
  neigh_update: 'neighbour-update',
  neigh_update_done: 'neighbour-updated',
  neigh_timer_handler: 'neighbour-timer',
} as const;

type Bare = RawEvent extends infer Each
  ? Each extends RawEvent
    ? Omit<Each, keyof Moment>
    : never
  : never;

function read(name: string, fields: string): Bare | undefined {
  if (name === 'tracing_mark_write') return { event: 'mark', text: fields.trim() };
  if (Object.hasOwn(deviceEvents, name)) {
    const [, dev, buffer, length] = device.exec(fields) ?? [];
    if (dev === undefined || buffer === undefined) return undefined;
    const event = deviceEvents[name as keyof typeof deviceEvents];
    return { event, buffer, device: dev, length: Number(length) };
  }
  if (name === 'kfree_skb' || name === 'consume_skb') {
    const [, buffer, protocol, location = '', reason] = freed.exec(fields) ?? [];
    if (buffer === undefined) return undefined;
    if (name === 'consume_skb') return { event: 'free', buffer };
    const where = location.replace(/\+0x.*$/, '');
    return {
      event: 'drop',
      buffer,
      ...(reason === undefined ? {} : { reason }),
      location: where,
      protocol: Number(protocol ?? 0),
    };
  }
  if (name === 'fib_table_lookup') {
    const [, table, protocol, source, destination, dev, gateway, error] = lookup.exec(fields) ?? [];
    if (source === undefined || destination === undefined) return undefined;
    return {
      event: 'lookup',
      table: Number(table),
      protocol: Number(protocol),
      source,
      destination,
      device: dev ?? '-',
      gateway: gateway ?? '0.0.0.0',
      error: Number(error),
    };
  }
  if (Object.hasOwn(neighbourEvents, name)) {
    const [, dev, state, address] = neighbour.exec(fields) ?? [];
    if (dev === undefined || state === undefined || address === undefined) return undefined;
    return {
      event: neighbourEvents[name as keyof typeof neighbourEvents],
      device: dev,
      state,
      address,
    };
  }
  return undefined;
}

/** Reads the text of a tracefs `trace` file, with the `stats` of its buffers behind it. Lines of others are left out. */
export function parseTrace(text: string): KernelTrace {
  const events: RawEvent[] = [];
  let missed = 0;
  for (const each of text.split('\n')) {
    const [, lost] = /^(?:overrun|dropped events): (\d+)$/.exec(each) ?? [];
    if (lost !== undefined) missed += Number(lost);
    const [, pid, cpu, flags, time, name, fields] = line.exec(each) ?? [];
    if (pid === undefined || name === undefined || fields === undefined) continue;
    const said = read(name, fields);
    if (said === undefined) continue;
    const moment = {
      time: Number(time),
      cpu: Number(cpu),
      pid: Number(pid),
      byTask: !/[hHsZz]/.test((flags ?? '').slice(2, 3)),
    };
    events.push({ ...moment, ...said } as RawEvent);
  }
  return { events, missed };
}
