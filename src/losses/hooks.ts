import type { Packet } from '../filter/packet.ts';
import type { Attachment } from '../model/lab.ts';
import type { Kind } from './packet-kind.ts';

/** A place in the kernel where filters look at a packet. */
export interface Stop {
  readonly hook: string;
  /** The families of the tables that filter there (nft(8), "Address families"). */
  readonly families: readonly string[];
  readonly packet: Packet;
  /** At ingress and egress: the interface, where it is known. */
  readonly device?: string;
}

export const routed = ['ip', 'inet'];
export const bridged = ['bridge'];
const link = ['netdev', 'inet'];

interface Ends {
  readonly in?: string | undefined;
  readonly out?: string | undefined;
  readonly source: number | undefined;
  readonly destination: number | undefined;
  readonly mac?: string;
  readonly fromHost?: boolean;
  readonly toHost?: boolean;
}

/** Which packet of a flow: its first, a later one in the same direction, or a reply. */
export type Turn = 'first' | 'later' | 'reply';

/** @param turn undefined where conntrack has not seen it yet. */
export function packet(kind: Kind, ends: Ends, turn: Turn | undefined): Packet {
  const { in: incoming = '', out = '', source, destination, mac = null } = ends;
  const { fromHost = false, toHost = false } = ends;
  return {
    ...kind,
    in: incoming === '' ? null : incoming,
    out: out === '' ? null : out,
    bridge: null,
    source,
    destination,
    state: turn === undefined ? undefined : turn === 'first' ? 'new' : 'established',
    direction: turn === 'reply' ? 'reply' : 'original',
    mac,
    fromHost,
    toHost,
    mark: 0,
  };
}

/** Received by one interface of the host and sent by another. */
export function forwarded(kind: Kind, ends: Ends, turn: Turn): readonly Stop[] {
  const received = { ...ends, out: '' };
  const whole = packet(kind, ends, turn);
  return [
    {
      hook: 'ingress',
      families: link,
      packet: { ...packet(kind, received, undefined), out: null },
    },
    { hook: 'prerouting', families: routed, packet: packet(kind, received, turn) },
    { hook: 'forward', families: routed, packet: whole },
    { hook: 'postrouting', families: routed, packet: { ...whole, in: undefined } },
    { hook: 'egress', families: ['netdev'], packet: { ...whole, in: null, source: undefined } },
  ];
}

/** The hooks of the bridge for a frame that comes from a container, or goes to one. */
export function throughBridge(
  kind: Kind,
  { outer, network }: Attachment,
  way: 'in' | 'out',
  ends: Ends,
): readonly Stop[] {
  const frame = { ...packet(kind, ends, undefined), bridge: network.bridge };
  const port = { ...frame, in: outer, out: null };
  return way === 'in'
    ? [
        { hook: 'prerouting', families: bridged, packet: port },
        { hook: 'input', families: bridged, packet: port },
      ]
    : [
        { hook: 'output', families: bridged, packet: { ...frame, in: null, out: outer } },
        { hook: 'postrouting', families: bridged, packet: { ...frame, in: null, out: outer } },
      ];
}
