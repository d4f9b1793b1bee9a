import { expect, test } from '@jest/globals';
import type { Diagnosis } from '../../../src/diagnosis/cause.ts';
import { diagnose } from '../../../src/diagnosis/diagnose.ts';
import type { MatchedRule, Walk } from '../../../src/trace/walk.ts';
import {
  all,
  at,
  db,
  type Edit,
  evidenceOf,
  hopsThere,
  link,
  walkOf,
  web,
} from '../../support/readings.ts';

const forwardingOff = at('host', ({ sysctls }) => ({
  sysctls: {
    ...sysctls,
    'net/ipv4/ip_forward': '0',
    'net/ipv4/conf/ctr1/forwarding': '0',
    'net/ipv4/conf/wan0/forwarding': '0',
  },
}));
const cableDown = link('host', 'veth-web', { up: false });
const xdp = (dev: string): Edit => link('host', dev, {}, { xdp: true });

/** The hops up to the last at this place and hook. */
function until(place: string, hook: string, layer = 'ip') {
  const last = hopsThere.findLastIndex(
    (hop) => hop.place === place && hop.hook === hook && hop.layer === layer,
  );
  return hopsThere.slice(0, last + 1);
}

function shortly(diagnosis: Diagnosis): readonly string[] {
  switch (diagnosis.kind) {
    case 'named':
      return ['named', diagnosis.finding.cause];
    case 'undecided':
      return ['undecided', ...diagnosis.between.map(({ cause }) => cause)];
    default:
      return [diagnosis.kind];
  }
}

function judged(edit: Edit, walk: Walk): readonly string[] {
  return shortly(diagnose(evidenceOf(edit, {}, { walk })));
}

const untouched: Edit = (reading) => reading;
const drop: MatchedRule = {
  family: 'inet',
  table: 'theirs',
  chain: 'guard',
  text: 'ip saddr 10.88.0.0/24 drop',
  verdict: 'drop',
};

test('a packet that is answered arrives, whatever the state says', () => {
  const walk = walkOf(hopsThere, { outcome: { kind: 'answered', milliseconds: 1 } });
  expect(judged(cableDown, walk)).toEqual(['arrives']);
});

test('a certain cause is named where the walk ends there', () => {
  expect(judged(forwardingOff, walkOf(until('host', 'prerouting')))).toEqual([
    'named',
    'forwarding-off',
  ]);
  expect(judged(cableDown, walkOf(until(web, 'postrouting')))).toEqual(['named', 'link-end-down']);
});

test('a cause that the walk contradicts is not named', () => {
  // Seen behind the place where it should have been lost.
  expect(judged(forwardingOff, walkOf(until('host', 'forward')))).toEqual(['unknown']);
  expect(judged(cableDown, walkOf(until('host', 'prerouting')))).toEqual(['unknown']);
  // Lost before the packet came there.
  expect(judged(forwardingOff, walkOf(until(web, 'output')))).toEqual(['unknown']);
});

test('of two causes the one is named at which the packet is lost', () => {
  const both = all(forwardingOff, cableDown);
  expect(judged(both, walkOf(until(web, 'postrouting')))).toEqual(['named', 'link-end-down']);
  expect(judged(both, walkOf(until('host', 'prerouting')))).toEqual(['named', 'forwarding-off']);
});

test('a route that is missing shows in a packet that was never seen', () => {
  const noRoute = at(web, ({ routes }) => ({
    routes: routes.filter(({ to }) => to !== 'default'),
  }));
  const said = 'connect: Network is unreachable';
  const walk = walkOf([], { outcome: { kind: 'not-sent', errno: 'ENETUNREACH', said } });
  expect(judged(noRoute, walk)).toEqual(['named', 'route-missing']);
  expect(judged(untouched, walk)).toEqual(['unknown']);
});

test('a rule that the trace saw drop the packet is named, and nothing else', () => {
  const hops = until('host', 'forward');
  const dropped = [...hops.slice(0, -1), { ...hops.at(-1), dropped: drop } as (typeof hops)[0]];
  expect(judged(forwardingOff, walkOf(dropped))).toEqual(['named', 'forward-table']);
});

test('what may be why is not named, but told', () => {
  const walk = walkOf(until(web, 'egress', 'netdev'));
  expect(judged(xdp('veth-web'), walk)).toEqual(['undecided', 'link-xdp']);
  expect(judged(all(xdp('veth-web'), cableDown), walk)).toEqual(['named', 'link-end-down']);
});

test('findings that the evidence cannot tell apart are told with how to look at each', () => {
  const both = all(
    xdp('veth-web'),
    at('host', () => ({ queues: [{ dev: 'veth-web', kind: 'clsact', options: '{}' }] })),
  );
  const diagnosis = diagnose(
    evidenceOf(both, {}, { walk: walkOf(until(web, 'egress', 'netdev')) }),
  );
  expect(shortly(diagnosis)).toEqual(['undecided', 'link-queue', 'link-xdp']);
  expect(diagnosis).toMatchObject({
    tell: [
      { en: 'tc filter show dev veth-web ingress   (on the host)' },
      { en: 'ip link show dev veth-web   (on the host)' },
    ],
  });
});

test('a counter that did not grow contradicts a cause that would have counted', () => {
  const strict = at('host', ({ sysctls, routes }) => ({
    sysctls: { ...sysctls, 'net/ipv4/conf/ctr1/rp_filter': '1' },
    routes: [{ to: '10.88.0.10', dev: 'wan0' }, ...routes],
  }));
  const walk = walkOf(until('host', 'prerouting'));
  const counted = (count: number) =>
    at('host', ({ counters }) => ({
      counters: { ...counters, TcpExtIPReversePathFilter: count },
    }));
  const before = all(strict, counted(3));
  const judge = (after: number) =>
    shortly(
      diagnose(
        evidenceOf(before, {}, { walk, after: evidenceOf(all(before, counted(after))).reading }),
      ),
    );
  expect(judge(4)).toEqual(['named', 'reverse-path']);
  expect(judge(3)).not.toContain('reverse-path');
});

test('a frame that a bridge sends out by a wrong port was lost by the bridge', () => {
  const wrong = at(web, ({ neighbours }) => ({
    neighbours: [
      ...neighbours.filter(({ address }) => address !== '10.88.0.1'),
      { address: '10.88.0.1', dev: 'eth0', mac: '02:00:00:00:00:99', state: 'PERMANENT' },
    ],
  }));
  const walk = walkOf([
    ...until('host', 'prerouting', 'bridge'),
    { place: 'host', layer: 'bridge', hook: 'forward', in: 'veth-web', out: 'veth-db' },
    { place: 'host', layer: 'netdev', hook: 'egress', out: 'veth-db' },
    { place: db, layer: 'netdev', hook: 'ingress', in: 'eth0' },
  ]);
  expect(judged(wrong, walk)).toEqual(['named', 'neighbour-wrong']);
});
