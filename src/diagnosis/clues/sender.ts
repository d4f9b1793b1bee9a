import type { LinkFact } from '../../facts/index.ts';
import { contains, parseAddress, parseCidr, subnetOf } from '../../model/ipv4.ts';
import type { Attachment } from '../../model/lab.ts';
import { containerPlace, type Place } from '../../model/place.ts';
import type { Hint } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import type { Leg } from '../leg.ts';
import type { Path } from '../path.ts';
import type { NamespaceReading } from '../reading.ts';
import { wiresOf } from '../wires.ts';

/** The namespace that asks, and what it would do with the packet. */
export interface Sender {
  readonly place: Place;
  readonly reading: NamespaceReading;
  /** Absent for IPv6, which the path does not follow. */
  readonly leg: Leg | undefined;
  /** The interfaces that lead out: all but loopback ones. */
  readonly links: readonly LinkFact[];
  /** What the lab gives it; empty for a host, and for containers that ctr did not make. */
  readonly attachments: readonly Attachment[];
}

export function senderOf({ question, reading, lab }: Evidence, path: Path): Sender | undefined {
  const place = question.from;
  const here = reading[place];
  if (here === undefined) return undefined;
  const container = lab?.containers.find(({ name }) => containerPlace(name) === place);
  return {
    place,
    reading: here,
    leg: path.there[0],
    links: here.links.filter(({ kind, name }) => kind !== 'loopback' && name !== 'lo'),
    attachments: container?.attachments ?? [],
  };
}

/** The sender's interface that this packet should leave by: that of its route, else that of the lab, else its only one. */
export function wayOutOf({ leg, links, attachments }: Sender, to: string): LinkFact | undefined {
  const named = (name: string | undefined) => links.find((link) => link.name === name);
  if (leg?.out !== undefined && leg.out !== 'lo') return named(leg.out);
  const wanted = attachmentFor(attachments, to);
  return wanted === undefined ? links[0] : named(wanted.device);
}

/** The attachment whose subnet an address is in, else the one with the default route. */
export function attachmentFor(
  attachments: readonly Attachment[],
  to: string,
): Attachment | undefined {
  const near = attachments.find(({ network }) => isIn(network.subnet, to));
  return near ?? attachments.find(({ gateway }) => gateway !== null) ?? attachments[0];
}

export function isIn(subnet: string, address: string): boolean {
  if (!/^\d+(\.\d+){3}$/.test(address)) return false;
  return contains(subnetOf(parseCidr(subnet)), parseAddress(address));
}

/** The address of the router that the sender should use: the lab's gateway, else a bridge of its segment that has one. */
export function gatewayFor(
  { reading }: Evidence,
  sender: Sender,
  device: string,
): string | undefined {
  const wanted = sender.attachments.find((one) => one.device === device)?.network.gateway;
  if (wanted !== undefined) return wanted;
  const own = sender.links.find(({ name }) => name === device)?.addresses ?? [];
  const near = wiresOf(reading).segment({ place: sender.place, dev: device });
  const addresses = near.flatMap(({ end, unread }) =>
    unread === true
      ? []
      : (reading[end.place]?.links.find(({ name }) => name === end.dev)?.addresses ?? []),
  );
  const routers = addresses.filter((one) =>
    own.some((address) => isIn(one, address.split('/')[0] ?? '')),
  );
  return routers[0]?.split('/')[0];
}

export function showRoutes(place: Place): Hint {
  return { place, argv: ['ip', 'route', 'show'] };
}
