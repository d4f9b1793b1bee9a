import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { compareTopologies } from '../../../src/graph/compare.ts';
import type { Status, Topology } from '../../../src/graph/topology.ts';
import { viewOf } from '../../../src/graph/view.ts';
import {
  configOf,
  containersOnOneBridge,
  plannedTopology,
  stageTopologies,
  twoNetworks,
} from '../../support/graph-cases.ts';

type Elements = readonly { readonly id: string; readonly status: Status }[];

function elements(one: Topology): Elements {
  const { places, devices, addresses, routes, cables, forwarding, rules } = one;
  return [...places, ...devices, ...addresses, ...routes, ...cables, ...forwarding, ...rules];
}

const idsWith = (one: Topology, status: Status) =>
  elements(one)
    .filter((element) => element.status === status)
    .map(({ id }) => id);

const stage = (step: number) => {
  const found = stageTopologies[step];
  if (found === undefined) throw new Error(`there is no stage ${step}`);
  return found;
};
const device = (one: Topology, id: string) => one.devices.find((each) => each.id === id);

describe('a topology of a snapshot', () => {
  test('has the run and what it stands on, and nothing else of the host', () => {
    expect(stage(6).devices.map(({ id, role }) => [id, role])).toEqual([
      ['container/web/lo', 'loopback'],
      ['container/web/eth0', 'end'],
      ['host/wan0', 'uplink'],
      ['host/br0', 'bridge'],
      ['host/veth-web', 'port'],
    ]);
  });

  test('leaves out addresses that every interface has', () => {
    expect(stage(6).addresses.map(({ id }) => id)).toEqual([
      'container/web/lo/address/127.0.0.1/8',
      'container/web/eth0/address/192.168.10.10/24',
      'host/wan0/address/198.51.100.2/24',
      'host/br0/address/192.168.10.1/24',
    ]);
  });

  test('tells why an interface that is switched on carries nothing', () => {
    expect(device(stage(3), 'host/br0')?.state).toBe('no-carrier');
    expect(device(stage(3), 'host/veth-web')?.state).toBe('lower-down');
    expect(device(stage(3), 'host/veth-webc')?.state).toBe('down');
    expect(device(stage(6), 'host/veth-web')?.state).toBe('up');
  });

  test('joins the ends of a veth pair before and after one of them is moved', () => {
    const ends = (step: number) => stage(step).cables.map((cable) => [cable.id, ...cable.ends]);
    expect(ends(3)).toEqual([['cable/host/veth-web', 'host/veth-web', 'host/veth-webc']]);
    expect(ends(4)).toEqual([['cable/host/veth-web', 'host/veth-web', 'container/web/eth0']]);
  });

  test('has the rules of the run, not those of others', () => {
    expect(stage(6).rules.map(({ what, value, bridge }) => [what, value, bridge])).toEqual([
      ['policy', 'ACCEPT', undefined],
      ['between', '', 'br0'],
      ['outward', '', 'br0'],
      ['answers', '', 'br0'],
      ['masquerade', '192.168.10.0/24', 'br0'],
    ]);
    expect(stage(6).forwarding.map(({ dev }) => dev)).toEqual(['br0', 'wan0']);
    expect(stage(5).forwarding).toEqual([]);
  });
});

test('a plan and the kernel after it have the same ids', () => {
  const planned = plannedTopology(configOf({ web: ['net'] }));
  // The stages were built with other names and addresses.
  const kind = (id: string) =>
    id.replaceAll(/veth[\w-]+/g, 'VETH').replaceAll(/192\.168\.10\.(?:2|10)\//g, 'ADDRESS/');
  expect(
    elements(stage(6))
      .map(({ id }) => kind(id))
      .sort(),
  ).toEqual(
    elements(planned)
      .map(({ id }) => kind(id))
      .sort(),
  );
});

describe('a comparison', () => {
  test('with itself finds nothing', () => {
    for (const one of [...stageTopologies, twoNetworks]) {
      expect(new Set(elements(compareTopologies(one, one)).map(({ status }) => status))).toEqual(
        new Set(['same']),
      );
    }
  });

  test('of the move of an end finds it gone here and new there, and its pair changed', () => {
    const moved = compareTopologies(stage(3), stage(4));
    expect(idsWith(moved, 'gone')).toEqual(['host/veth-webc']);
    expect(idsWith(moved, 'new')).toContain('container/web/eth0');
    expect(idsWith(moved, 'changed')).toEqual(['cable/host/veth-web']);
  });

  test('keeps the earlier values of what changed', () => {
    const raised = compareTopologies(stage(4), stage(5));
    expect(device(raised, 'host/br0')).toMatchObject({
      status: 'changed',
      was: { state: 'no-carrier' },
    });
    const plugged = compareTopologies(stage(2), stage(3));
    expect(device(plugged, 'host/veth-web')?.was).toEqual({
      role: 'loose',
      state: 'down',
      master: '',
    });
  });

  test('backwards finds gone what is new forwards', () => {
    const pick = fc.constantFrom(...stageTopologies, twoNetworks, containersOnOneBridge(4));
    void fc.assert(
      fc.property(pick, pick, (one, other) => {
        const [there, back] = [compareTopologies(one, other), compareTopologies(other, one)];
        expect(idsWith(there, 'new').sort()).toEqual(idsWith(back, 'gone').sort());
        expect(idsWith(there, 'changed').sort()).toEqual(idsWith(back, 'changed').sort());
        expect(
          elements(there)
            .map(({ id }) => id)
            .sort(),
        ).toEqual(
          elements(back)
            .map(({ id }) => id)
            .sort(),
        );
      }),
    );
  });
});

test('every id is there once', () => {
  for (const one of [...stageTopologies, twoNetworks, containersOnOneBridge(30)]) {
    const ids = elements(one).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  }
});

test('a view joins ports with their bridge and with the containers at the other end', () => {
  const { bridges } = viewOf(twoNetworks);
  expect(
    bridges.map(({ device: { name }, ports }) => [
      name,
      ports.map(({ peerPlace }) => peerPlace?.name),
    ]),
  ).toEqual([
    ['br0', ['web', 'router']],
    ['br1', ['router', 'store']],
  ]);
});
