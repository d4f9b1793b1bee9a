import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Box, Point } from '../../../src/graph/geometry.ts';
import { type Layout, layOut } from '../../../src/graph/layout.ts';
import type { Topology } from '../../../src/graph/topology.ts';
import { type Language, languages } from '../../../src/model/text.ts';
import {
  configOf,
  containersOnOneBridge,
  plannedTopology,
  stageTopologies,
} from '../../support/graph-cases.ts';

function overlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

/** Whether a straight part of a line, along one axis, goes through a box. */
function crosses([from, to]: readonly [Point, Point], box: Box): boolean {
  return overlap(
    {
      x: Math.min(from.x, to.x) - 1,
      y: Math.min(from.y, to.y),
      width: Math.abs(from.x - to.x) + 2,
      height: Math.abs(from.y - to.y),
    },
    box,
  );
}

function pairs<T>(all: readonly T[]): readonly (readonly [T, T])[] {
  return all.flatMap((one, at) => all.slice(at + 1).map((other) => [one, other] as const));
}

function boxesOf(layout: Layout, topology: Topology) {
  const ids = [...topology.places, ...topology.devices, ...topology.rules].map(({ id }) => id);
  return ids.flatMap((id) => {
    const box = layout.boxes.get(id);
    return box === undefined ? [] : [{ id, box }];
  });
}

/** What is not as it should be: boxes outside the picture or over each other, lines through boxes. */
function faults(topologies: readonly [Topology, ...Topology[]], language: Language) {
  const layout = layOut(topologies, language);
  const all = topologies.flatMap((one) => boxesOf(layout, one));
  const unique = [...new Map(all.map((one) => [one.id, one])).values()];
  const outside = unique.filter(
    ({ box }) =>
      box.x < 0 ||
      box.y < 0 ||
      box.x + box.width > layout.width ||
      box.y + box.height > layout.height,
  );
  const places = unique.filter(({ id }) => /^(?:container\/[^/]+|host|world)$/.test(id));
  const others = unique.filter((one) => !places.includes(one));
  const met = [...pairs(places), ...pairs(others)].filter(([one, other]) =>
    overlap(one.box, other.box),
  );
  const containers = places.filter(({ id }) => id.startsWith('container/'));
  const crossed = [...layout.cables].flatMap(([key, points]) =>
    points.slice(1).flatMap((to, at) => {
      const part = [points[at] ?? to, to] as const;
      return containers.filter(({ box }) => crosses(part, box)).map(({ id }) => `${key} ${id}`);
    }),
  );
  // Nothing stands before the card.
  const hidden = others.filter(({ box }) => overlap(box, layout.card));
  return [
    ...outside.map(({ id }) => `${id} is outside`),
    ...met.map(([one, other]) => `${one.id} is over ${other.id}`),
    ...crossed,
    ...hidden.map(({ id }) => `${id} is over the card`),
  ];
}

function expectClear(topologies: readonly [Topology, ...Topology[]]): void {
  for (const language of languages) expect(faults(topologies, language)).toEqual([]);
}

test.each([1, 2, 3, 4, 10, 11, 30, 40, 100])('%d containers stand clear of each other', (count) => {
  expectClear([containersOnOneBridge(count)]);
});

test('any containers on any networks stand clear of each other, and so do their ports', () => {
  const nets = fc.uniqueArray(fc.constantFrom('one', 'two', 'three'), { minLength: 1 });
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9]$/);
  void fc.assert(
    fc.property(
      fc.dictionary(name, nets, { minKeys: 1, maxKeys: 14, noNullPrototype: true }),
      (containers) => {
        expectClear([plannedTopology(configOf(containers))]);
      },
    ),
    { numRuns: 60 },
  );
});

test('every step is clear, with what the others have', () => {
  const [first, ...others] = stageTopologies;
  if (first === undefined) throw new Error('there are no stages');
  expectClear([first, ...others]);
});

test('the lines of all veth pairs are apart from each other', () => {
  const layout = layOut([containersOnOneBridge(30)], 'en');
  const drops = [...layout.drops.values()];
  expect(drops).toHaveLength(30);
  for (const [one, other] of pairs(drops)) expect(Math.abs(one - other)).toBeGreaterThanOrEqual(8);
});
