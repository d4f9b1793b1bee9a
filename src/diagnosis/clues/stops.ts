import { forwarded, packet, type Stop } from '../../losses/hooks.ts';
import { parseAddress } from '../../model/ipv4.ts';
import type { Evidence } from '../evidence.ts';
import { answerKind, kindOf } from '../translate.ts';
import { linkOf, type Passage } from './passages.ts';

const ip = ['ip', 'inet'];

/** The hooks of IP, and of devices, that a packet passes in one namespace. */
export function stopsOf(passage: Passage, evidence: Evidence): readonly Stop[] {
  const { leg, leaves, direction, before, port } = passage;
  const { question } = evidence;
  const kindFor = (port: number | undefined) => {
    const asked = { protocol: question.protocol, ...(port === undefined ? {} : { port }) };
    return direction === 'there' ? kindOf(asked) : answerKind(asked);
  };
  const [kind, kindInside] = [kindFor(port.enters), kindFor(port.leaves)];
  const turn = direction === 'there' ? 'first' : 'reply';
  const sender = before === undefined ? undefined : evidence.reading[before.place];
  const mac = sender === undefined ? undefined : linkOf(sender, before?.out)?.mac;
  const enters = {
    in: leg.in,
    source: parseAddress(leg.source),
    destination: parseAddress(leg.destination),
    ...(mac === undefined ? {} : { mac }),
  };
  // POSTROUTING is where the source is translated: its rules still see the old one.
  const inside = {
    ...enters,
    destination: parseAddress(leaves.destination),
    ...(direction === 'back' ? { source: parseAddress(leaves.source) } : {}),
  };
  const at = (device: string, stops: readonly Stop[]) => stops.map((stop) => ({ ...stop, device }));
  // What a bridge only passes on does not come in on the bridge itself.
  const ports = [leg.does === 'bridged' ? undefined : leg.in, leg.inPort].filter(
    (name) => name !== undefined,
  );
  const ways = [leg.does === 'bridged' ? undefined : leg.out, leg.outPort].filter(
    (name) => name !== undefined,
  );
  const egress = ways.flatMap((name) =>
    at(name, forwarded(kindInside, { ...inside, out: name }, turn).slice(4)),
  );
  const taken: readonly Stop[] = [
    ...ports.flatMap((name) =>
      at(name, forwarded(kind, { ...enters, in: name }, turn).slice(0, 1)),
    ),
    ...forwarded(kind, { ...enters, in: leg.in ?? 'lo' }, turn).slice(1, 2),
  ];
  switch (leg.does) {
    case 'forward':
      return [
        ...taken,
        ...forwarded(kindInside, { ...inside, out: leg.out }, turn).slice(2, 4),
        ...egress,
      ];
    case 'deliver': {
      const whole = packet(kindInside, { ...inside, in: leg.in ?? 'lo', toHost: true }, turn);
      return [...taken, { hook: 'input', families: ip, packet: whole }];
    }
    case 'bridged': {
      if (leg.bridgeFiltered !== true) return [...taken.slice(0, -1), ...egress];
      const all = forwarded(kind, { ...enters, out: leg.in }, turn);
      return [...taken.slice(0, -1), ...all.slice(1, 4), ...egress];
    }
    case 'send': {
      const { in: _, ...ends } = enters;
      const whole = packet(kind, { ...ends, out: leg.out, fromHost: true }, turn);
      return [
        { hook: 'output', families: ip, packet: whole },
        { hook: 'postrouting', families: ip, packet: whole },
        ...ways.flatMap((name) =>
          at(name, [{ hook: 'egress', families: ['netdev'], packet: whole }]),
        ),
      ];
    }
    default:
      return leg.in === undefined ? [] : taken;
  }
}
