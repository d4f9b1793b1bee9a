import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Place } from '../../../src/model/place.ts';
import { correlate } from '../../../src/trace/correlate.ts';
import { endOf, hopsBack, hopsThere, isError } from '../../../src/trace/end.ts';
import type { Device } from '../../../src/trace/order.ts';
import { parseTraceLine } from '../../../src/trace/parse.ts';
import type { Mark } from '../../../src/trace/tables.ts';
import type { Hop, Outcome, Walk } from '../../../src/trace/walk.ts';

// Recorded in a sandbox host with the tutorial in it, by nft of Debian 12 and of Debian 13.
const versions = ['1.0.6', '1.1.3'] as const;

interface Recorded {
  readonly from: Place;
  readonly to: string;
  readonly mark: Mark;
  readonly table: string;
  readonly devices: Readonly<Record<Place, readonly Device[]>>;
  readonly streams: Readonly<Record<Place, readonly string[]>>;
}

function recorded(version: string, name: string): Recorded {
  const file = join(import.meta.dirname, `nft-${version}`, `${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as Recorded;
}

function wayOf({ from, mark, table, devices, streams }: Recorded, reverse = false) {
  const read = Object.entries(streams).map(([place, lines]) => ({
    place: place as Place,
    events: lines.flatMap((line) => parseTraceLine(line) ?? []),
  }));
  const places = new Map(Object.entries(devices)) as unknown as ReadonlyMap<
    Place,
    readonly Device[]
  >;
  return correlate(reverse ? read.toReversed() : read, { from, mark, table, devices: places });
}

function walkOf(record: Recorded, outcome: Outcome): Walk {
  const { from, to, mark } = record;
  return {
    probe: { protocol: mark.protocol, from, to },
    outcome,
    ...wayOf(record),
    watched: [],
    blind: [],
    decisions: [],
    counters: {},
  };
}

function line({ place, layer, hook, in: from = '', out: to = '', header, leaves }: Hop): string {
  const { source, destination, ttl } = leaves ?? header;
  return `${place.replace('container ', '')} ${layer} ${hook} ${from}>${to} ${source} ${destination} ${ttl}`;
}

const healthy = `
labex ip output >eth0 192.168.0.100 203.0.113.80 64
labex ip postrouting >eth0 192.168.0.100 203.0.113.80 64
labex netdev egress >eth0 192.168.0.100 203.0.113.80 64
host netdev ingress veth-labex> 192.168.0.100 203.0.113.80 64
host bridge prerouting veth-labex> 192.168.0.100 203.0.113.80 64
host ip prerouting ctr0> 192.168.0.100 203.0.113.80 64
host bridge input veth-labex> 192.168.0.100 203.0.113.80 64
host netdev ingress ctr0> 192.168.0.100 203.0.113.80 64
host ip forward ctr0>wan0 192.168.0.100 203.0.113.80 63
host ip postrouting ctr0>wan0 198.51.100.2 203.0.113.80 63
host netdev egress >wan0 198.51.100.2 203.0.113.80 63
world netdev ingress eth0> 198.51.100.2 203.0.113.80 63
world ip prerouting eth0> 198.51.100.2 203.0.113.80 63
world ip input eth0> 198.51.100.2 203.0.113.80 63
world ip output >eth0 203.0.113.80 198.51.100.2 64
world ip postrouting >eth0 203.0.113.80 198.51.100.2 64
world netdev egress >eth0 203.0.113.80 198.51.100.2 64
host netdev ingress wan0> 203.0.113.80 198.51.100.2 64
host ip prerouting wan0> 203.0.113.80 192.168.0.100 64
host ip forward wan0>ctr0 203.0.113.80 192.168.0.100 63
host ip postrouting wan0>ctr0 203.0.113.80 192.168.0.100 63
host netdev egress >ctr0 203.0.113.80 192.168.0.100 63
host bridge output >veth-labex 203.0.113.80 192.168.0.100 63
host bridge postrouting >veth-labex 203.0.113.80 192.168.0.100 63
host netdev egress >veth-labex 203.0.113.80 192.168.0.100 63
labex netdev ingress eth0> 203.0.113.80 192.168.0.100 63
labex ip prerouting eth0> 203.0.113.80 192.168.0.100 63
labex ip input eth0> 203.0.113.80 192.168.0.100 63
`
  .trim()
  .split('\n');

const silent: Outcome = { kind: 'silent' };

describe.each(versions)('nft %s', (version) => {
  test('an echo there and back: every hook, in the order of the cables, whoever is read first', () => {
    const { hops } = wayOf(recorded(version, 'icmp'));
    expect(hops.map(line)).toEqual(healthy);
    expect(wayOf(recorded(version, 'icmp'), true).hops.map(line)).toEqual(healthy);
    expect(hops.some(({ lost, dropped }) => lost === true || dropped !== undefined)).toBe(false);
  });

  test('the source changes inside postrouting, by a rule; the way back needs none', () => {
    const { hops } = wayOf(recorded(version, 'icmp'));
    const changed = hops.filter(({ leaves }) => leaves !== undefined);
    expect(changed.map(({ place, hook }) => `${place} ${hook}`)).toEqual([
      'host postrouting',
      'host prerouting',
    ]);
    expect(changed[0]?.rules.map(({ text }) => text)).toEqual([
      'oifname != "ctr0" ip saddr 192.168.0.0/16 masquerade',
    ]);
    expect(changed[1]?.rules).toEqual([]);
  });

  test('only the hook that br_netfilter calls is marked as bridged', () => {
    const { hops } = wayOf(recorded(version, 'icmp'));
    expect(hops.filter(({ bridged }) => bridged === true).map(line)).toEqual([healthy[5]]);
  });

  test('TCP: the first segment each way, and no later one', () => {
    const { hops } = wayOf(recorded(version, 'tcp-open'));
    expect(hops.map(line)).toEqual(healthy);
    const flags = hops.map(({ header }) => header.flags).filter((one) => one !== undefined);
    expect(new Set(flags)).toEqual(new Set(['syn', 'syn | ack']));
  });

  test('a closed port: the segment is delivered, and a reset comes back', () => {
    const walk = walkOf(recorded(version, 'tcp-closed'), { kind: 'refused' });
    expect(walk.hops.map(line)).toEqual(healthy);
    expect(hopsBack(walk).at(-1)?.header.flags).toBe('rst | ack');
    expect(endOf(walk).kind).toBe('unanswered');
  });

  test('a rule that drops is where the way ends', () => {
    const end = endOf(walkOf(recorded(version, 'tcp-filtered'), silent));
    expect(end.kind).toBe('dropped');
    const hop = 'hop' in end ? end.hop : undefined;
    expect(hop?.place).toBe('host');
    expect(hop?.hook).toBe('forward');
    expect(hop?.dropped?.text).toBe('ip saddr 192.168.0.100 drop');
    expect(hop?.dropped?.handle).toBeGreaterThan(0);
  });

  test('UDP to a closed port: the ICMP error of the target comes all the way back', () => {
    const walk = walkOf(recorded(version, 'udp-closed'), { kind: 'refused' });
    expect(hopsThere(walk).at(-1)?.place).toBe('world');
    expect(hopsBack(walk)).toEqual([]);
    const errors = walk.hops.filter(isError);
    expect(errors[0]?.place).toBe('world');
    expect(errors.at(-1)).toMatchObject({ place: 'container labex', hook: 'input' });
    expect(errors[0]?.header.icmp).toMatchObject({ type: 3, code: 3 });
  });

  test('REJECT: dropped by the rule, and the error begins at the host', () => {
    const walk = walkOf(recorded(version, 'rejected'), silent);
    expect(hopsThere(walk).at(-1)?.dropped?.text).toMatch(/reject/);
    const errors = walk.hops.filter(isError);
    expect(errors.every(({ direction }) => direction === 'back')).toBe(true);
    expect(errors.map(({ place, hook }) => `${place} ${hook}`)).toEqual([
      'host output',
      'host postrouting',
      'host egress',
      'host output',
      'host postrouting',
      'host egress',
      'container labex ingress',
      'container labex prerouting',
      'container labex input',
    ]);
  });

  test('ARP before the packet: the request and its answer at both ends of the cable', () => {
    const { arp } = wayOf(recorded(version, 'arp'));
    const seen = arp.filter(({ hook }) => hook === 'ingress');
    expect(seen.map(({ place, device, operation }) => `${place} ${device} ${operation}`)).toEqual(
      expect.arrayContaining([
        'host veth-labex request',
        'host ctr0 request',
        'container labex eth0 reply',
      ]),
    );
  });
});

test('nft 1.0.6 prints bytes at egress: who asks for whom', () => {
  const { arp } = wayOf(recorded('1.0.6', 'arp'));
  const asked = arp.find(({ hook, operation }) => hook === 'egress' && operation === 'request');
  expect(asked).toMatchObject({
    place: 'container labex',
    sender: { address: '192.168.0.100' },
    target: '192.168.0.1',
  });
});
