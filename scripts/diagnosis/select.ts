import { dice } from '../../rig/dice.ts';
import { families } from './families/index.ts';
import type { Family } from './family.ts';
import type { Fault } from './fault.ts';
import { type Lab, labs } from './lab.ts';

/** A fault in its lab. */
export interface Case {
  readonly lab: Lab;
  readonly family: Family;
  readonly fault: Fault;
  /** The family and the fault's id without the names of containers and networks. */
  readonly kind: string;
}

export interface Wanted {
  /** Names of families; none means all. */
  readonly family: readonly string[];
  readonly lab: readonly string[];
  /** A part of the fault's id. */
  readonly fault: string;
  /** How many. */
  readonly sample: number;
  readonly seed: number;
}

function kindOf(family: Family, fault: Fault, { members, networks }: Lab): string {
  const names = new Set([...members, ...networks].map(({ name }) => name));
  return [family.name, ...fault.id.split(' ').filter((word) => !names.has(word))].join(' ');
}

/** All faults of all labs. */
function allCases(): readonly Case[] {
  return labs.flatMap((lab) =>
    families.flatMap((family) =>
      family.faults(lab).map((fault) => ({ lab, family, fault, kind: kindOf(family, fault, lab) })),
    ),
  );
}

function shuffled<T>(list: readonly T[], seed: number): readonly T[] {
  const random = dice(seed);
  const rest = [...list];
  for (let at = rest.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    const [one, two] = [rest[at], rest[other]];
    if (one !== undefined && two !== undefined) [rest[at], rest[other]] = [two, one];
  }
  return rest;
}

/**
 * The cases that are wanted: as many as the sample says, of each kind one before of any kind a second one. The labs of
 * each are chosen by the seed.
 */
export function choose({ family, lab, fault, sample, seed }: Wanted): readonly Case[] {
  const fitting = allCases().filter(
    (one) =>
      (family.length === 0 || family.includes(one.family.name)) &&
      (lab.length === 0 || lab.includes(one.lab.name)) &&
      one.fault.id.includes(fault),
  );
  const seen = new Map<string, number>();
  const chosen = shuffled(fitting, seed)
    .map((one) => {
      const turn = seen.get(one.kind) ?? 0;
      seen.set(one.kind, turn + 1);
      return { one, turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .slice(0, sample)
    .map(({ one }) => one);
  const wanted = new Set(chosen.map((one) => `${one.lab.name} ${one.kind} ${one.fault.id}`));
  return fitting.filter((one) => wanted.has(`${one.lab.name} ${one.kind} ${one.fault.id}`));
}
