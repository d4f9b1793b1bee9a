import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { agreement, sentenceOf } from '../../../src/trace/kernel/drop-word.ts';
import { kernelEnd } from '../../../src/trace/kernel/end.ts';
import { parseTrace } from '../../../src/trace/kernel/events.ts';
import { follow } from '../../../src/trace/kernel/follow.ts';
import type { Followed } from '../../../src/trace/kernel/followed.ts';
import { join } from '../../../src/trace/kernel/join.ts';
import { reasons } from '../../../src/trace/kernel/reasons.ts';
import { kernelTexts } from '../../../src/trace/kernel/words.ts';
import type { Hop, Outcome } from '../../../src/trace/walk.ts';

const folder = 'test/probes/tracefs-6.18';
const silent: Outcome = { kind: 'silent' };

const targets: Readonly<Record<string, string>> = {
  blackhole: '203.0.113.80',
  prohibit: '203.0.113.80',
  unreachable: '203.0.113.80',
  hostnoroute: '203.0.113.80',
  neigh: '10.9.0.77',
  closed: '10.9.0.3',
  udpclosed: '10.9.0.3',
  filtered: '10.9.0.3',
  ignore: '10.9.0.3',
  brdrop: '10.9.0.3',
  isolated: '10.9.0.3',
  fdb: '10.9.0.3',
  blocking: '10.9.0.3',
  'reply-filter': '10.9.0.3',
  'redirect-there': '203.0.113.80',
};

function text(name: string): string {
  return readFileSync(`${folder}/${name}.txt`, 'utf8');
}

function followed(name: string, said = text(name)): Followed {
  const destination = targets[name] ?? '198.51.100.1';
  return follow(parseTrace(said), { mark: 'the probe', destination });
}

/** The end in few words, as a row of the table below. */
function endOf(name: string, outcome = silent, said?: string): string {
  const end = kernelEnd(followed(name, said).events, outcome);
  if (end.kind === 'dropped') {
    const { drop, word } = end;
    const errno = word.lookup === undefined ? '' : ` ${word.lookup}`;
    return `${drop.role}: ${word.reason} ${word.location}${errno} after ${drop.device ?? 'nothing'}`;
  }
  if (end.kind === 'no-route') {
    return `${end.lookup.role}: no route to ${end.lookup.destination} ${end.lookup.error}`;
  }
  if (end.kind === 'no-neighbour') return `${end.neighbour.state} ${end.neighbour.address}`;
  return 'nothing';
}

test.each([
  ['fwd-drop', 'probe: NETFILTER_DROP nft_do_chain after br0'],
  ['fwd-off', 'probe: IP_INADDRERRORS ip_error after br0'],
  ['no-route', 'probe: no route to 198.51.100.1 -11'],
  ['blackhole', 'probe: NOT_SPECIFIED ip_error -22 after br0'],
  ['unreachable', 'probe: NOT_SPECIFIED ip_error -113 after br0'],
  ['prohibit', 'probe: NOT_SPECIFIED ip_error -13 after br0'],
  ['hostnoroute', 'probe: IP_INNOROUTES ip_error -11 after br0'],
  ['neigh', 'probe: NEIGH_FAILED neigh_invalidate after nothing'],
  ['rpf', 'probe: IP_RPFILTER ip_rcv_finish_core after br0'],
  ['closed', 'probe: NO_SOCKET tcp_v4_rcv after eth0'],
  ['udpclosed', 'probe: NO_SOCKET __udp4_lib_rcv after eth0'],
  ['filtered', 'probe: NETFILTER_DROP nft_do_chain after eth0'],
  ['output', 'probe: NETFILTER_DROP nft_do_chain after nothing'],
  ['nomasq', 'answer: no route to 10.9.0.2 -11'],
  ['linkdown', 'arp: QDISC_DROP __dev_queue_xmit after eth0'],
  ['mtu', 'probe: PKT_TOO_BIG ip_forward after br0'],
  ['ignore', 'nothing'],
  ['brdrop', 'probe: NETFILTER_DROP nft_do_chain after va'],
  ['isolated', 'probe: NOT_SPECIFIED br_handle_frame_finish after va'],
  ['fdb', 'probe: OTHERHOST ip_rcv_core after va'],
  ['reply-filter', 'answer: NETFILTER_DROP nft_do_chain after nothing'],
  ['redirect', 'answer: IP_INADDRERRORS ip_error -11 after eth0'],
  ['redirect-there', 'probe: NETFILTER_DROP nft_do_chain after eth0'],
  ['ten-same', 'probe: NETFILTER_DROP nft_do_chain after br0'],
])('what the kernel wrote about %s', (name, end) => {
  expect(endOf(name)).toBe(end);
});

test('every recording has a row, or a test of its own', () => {
  const all = readdirSync(folder).map((file) => file.replace('.txt', ''));
  expect(all).toHaveLength(27);
});

test('an answered probe has no end, although its answer is freed as one of nobody', () => {
  const answered: Outcome = { kind: 'answered', milliseconds: 1 };
  const last = followed('healthy').events.at(-1);
  expect(last).toMatchObject({ event: 'drop', reason: 'NO_SOCKET', location: 'ping_rcv' });
  expect(endOf('healthy', answered)).toBe('nothing');
  expect(endOf('healthy', silent)).toBe('nothing');
});

test('a way there and back is one of devices in their order', () => {
  const devices = (direction: string) =>
    followed('healthy').events.flatMap((one) =>
      one.role !== 'arp' &&
      one.role !== 'copy' &&
      one.direction === direction &&
      (one.event === 'queue' || one.event === 'receive')
        ? [`${one.event} ${one.device}`]
        : [],
    );
  expect(devices('there')).toEqual([
    ...['queue eth0', 'receive va', 'receive br0', 'queue wan0', 'receive eth0'],
  ]);
  expect(devices('back')).toEqual([
    ...['queue eth0', 'receive wan0', 'queue br0', 'queue va', 'receive eth0'],
  ]);
});

test('a redirect on the way is not the answer', () => {
  const drops = (name: string) =>
    followed(name).events.flatMap(({ event, role }) => (event === 'drop' ? [role] : []));
  expect(drops('redirect-there')).toEqual(['other', 'probe']);
  expect(drops('redirect')).toEqual(['answer']);
});

test('ten other pings to the same target leave nothing', () => {
  const trace = parseTrace(text('ten-same'));
  const same = trace.events.filter(
    (one) => one.event === 'drop' && one.reason === 'NETFILTER_DROP' && one.protocol === 0x800,
  );
  expect(same.length).toBeGreaterThan(2);
  const { events } = followed('ten-same');
  expect(events.filter(({ event }) => event === 'drop')).toHaveLength(1);
  expect(events.every(({ sure }) => sure)).toBe(true);
});

test('without the mark, the sender is found by its lookups if only one asks for the target', () => {
  const unmarked = text('fwd-drop').replace('the probe', 'something else');
  expect(endOf('fwd-drop', silent, unmarked)).toBe('probe: NETFILTER_DROP nft_do_chain after br0');
  const crowded = text('ten-same').replace('the probe', 'something else');
  expect(followed('ten-same', crowded)).toEqual({ events: [], found: false, candidates: 0 });
});

test('of packets that waited together, none is surely the probe if they ended differently', () => {
  const { candidates, events } = followed('ttl');
  expect(candidates).toBe(2);
  const drop = events.find((one) => one.event === 'drop' && one.reason === 'IP_INHDR');
  expect(drop).toMatchObject({ sure: false });
  const word = { ...followed('ttl'), missed: 3, lacks: ['neigh/neigh_update'] };
  const told = kernelTexts(word, kernelEnd(events, silent), silent);
  expect(told.map(({ en }) => en)).toEqual([
    'IP_INHDR ip_forward, after br0: the packet was dropped; its IP header is not valid, or its TTL has run out',
    'not sure: 2 packets waited for the same neighbour, and they ended in different ways',
    'incomplete: 3 events did not fit into the buffer',
    'this kernel does not have: neigh/neigh_update',
  ]);
  expect(told[1]?.zh).toBe('不能确定：有 2 个包在等待同一个邻居，而它们的结局不同');
});

test('a trace that lost events says how many', () => {
  const stats = 'overrun: 2\ndropped events: 40\noverrun: 0\ndropped events: 5\n';
  expect(parseTrace(text('output') + stats).missed).toBe(47);
});

test('lines of an older kernel are read as well', () => {
  const lines = [
    '            ping-77 (     77) [001] ..s1   10.5: kfree_skb: skbaddr=00ab protocol=2048 location=00000000c0ffee00 reason: NO_SOCKET',
    '     kworker/1:0-7  [001] ....    10.6: kfree_skb: skbaddr=00ac protocol=2048 location=000000001',
  ];
  expect(parseTrace(lines.join('\n')).events).toMatchObject([
    { event: 'drop', pid: 77, byTask: false, reason: 'NO_SOCKET', location: '00000000c0ffee00' },
    { event: 'drop', pid: 7, byTask: true, location: '000000001' },
  ]);
});

test('events get the namespaces of the walk', () => {
  const hop = (place: Hop['place'], device: string, hook: Hop['hook']): Hop => ({
    ...{ place, hook, in: device, direction: 'there', layer: 'netdev', rules: [] },
    header: { source: '10.9.0.2', destination: '198.51.100.1', ttl: 64, id: 1, length: 84 },
  });
  const hops = [hop('container a', 'eth0', 'egress'), hop('host', 'va', 'ingress')];
  const withBridge = [...hops, hop('host', 'br0', 'ingress')];
  const probe = { protocol: 'icmp', from: 'container a', to: '198.51.100.1' } as const;
  const events = join(followed('fwd-drop').events, { hops: withBridge, probe });
  const places = events.flatMap((one) =>
    one.role === 'probe' && 'place' in one && 'device' in one ? [`${one.place} ${one.device}`] : [],
  );
  expect(places[0]).toBe('container a eth0');
  expect(places.at(-1)).toBe('host br0');
  const end = kernelEnd(events, silent);
  const word = { ...followed('fwd-drop'), missed: 0, lacks: [] };
  expect(kernelTexts(word, end, silent)).toEqual([
    {
      en: 'NETFILTER_DROP nft_do_chain, after host br0: the packet was dropped; a firewall rule or policy dropped it',
      zh: 'NETFILTER_DROP nft_do_chain，在 host br0 之后：探测包被丢弃；防火墙的规则或策略丢弃了它',
    },
  ]);
});

test('a reason agrees with its causes alone; an unknown one says nothing', () => {
  const at = (reason: string, location = 'f') => ({ reason, location });
  expect(agreement(at('NETFILTER_DROP'), 'forward-policy')).toBe('agrees');
  expect(agreement(at('NETFILTER_DROP'), 'reverse-path')).toBe('disagrees');
  expect(agreement(at('IP_RPFILTER'), 'reverse-path')).toBe('agrees');
  expect(agreement(at('NOT_SPECIFIED', 'br_handle_frame_finish'), 'link-port-isolated')).toBe(
    'agrees',
  );
  expect(agreement({ ...at('NOT_SPECIFIED', 'ip_error'), lookup: -22 }, 'host-route-blocked')).toBe(
    'agrees',
  );
  expect(agreement(at('NOT_SPECIFIED', 'somewhere_else'), 'forward-policy')).toBe('silent');
  expect(agreement(at('CAN_RX_INVALID_FRAME'), 'forward-policy')).toBe('silent');
  expect(sentenceOf(at('CAN_RX_INVALID_FRAME'))).toBeUndefined();
});

test('at least forty reasons have a sentence in both languages, and causes of the agreed table', () => {
  const ids = Object.values(reasons).flatMap(({ causes }) => causes);
  expect(Object.keys(reasons).length).toBeGreaterThanOrEqual(40);
  expect(ids.every((id) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toBe(true);
  for (const { says } of Object.values(reasons)) {
    expect(says.en).toMatch(/^[A-Za-z].*[^.]$/);
    expect(says.zh).toMatch(/[\u4e00-\u9fff]/);
  }
});

test('a table that knows no route is not the end where a later one knows it', () => {
  const lookup = (packet: number, table: number, error: number, ms: number) => ({
    ...({ role: 'probe', direction: 'there', sure: true, event: 'lookup' } as const),
    ...{ packet, table, error, ms, source: '0.0.0.0', destination: '198.51.100.1' },
    ...{ device: error === 0 ? 'eth0' : '-', gateway: '0.0.0.0' },
  });
  const local = lookup(1, 255, -11, 0);
  expect(kernelEnd([local, lookup(1, 254, 0, 1)], silent).kind).toBe('nothing');
  expect(kernelEnd([local, lookup(2, 254, 0, 1)], silent).kind).toBe('no-route');
  expect(kernelEnd([local, lookup(1, 254, -22, 1)], silent)).toMatchObject({
    ...{ kind: 'no-route', lookup: { table: 254, error: -22 } },
  });
});
