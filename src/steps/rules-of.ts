import type { Facts } from '../facts/index.ts';
import type { Lab } from '../model/lab.ts';
import { isKind, type Rule } from '../model/resource.ts';
import { madeBy } from '../model/step.ts';
import { pipeline } from './index.ts';

/** The firewall rules that the steps of a lab's networks add on a host that has none of them yet, in their order. */
export function rulesOf(lab: Lab, facts: Facts): readonly Rule[] {
  const bare = { ...facts, shared: {}, firewall: { ...facts.firewall, ours: [] } };
  return pipeline
    .flatMap((section) => (section.each === 'network' ? section.steps : []))
    .flatMap((step) => lab.networks.map((network) => step(network, { lab, facts: bare })))
    .flatMap((step) => step?.commands.flatMap(madeBy) ?? [])
    .filter(isKind('firewall-rule'))
    .map(({ rule }) => rule);
}

/** The same, whether or not the host has Docker's chain: it may have come or gone since a run came up. */
export function rulesOfEither(lab: Lab, facts: Facts): readonly Rule[] {
  const of = (dockerUser: boolean) =>
    rulesOf(lab, { ...facts, firewall: { ...facts.firewall, dockerUser } });
  const all = [...of(true), ...of(false)];
  return [...new Map(all.map((rule) => [JSON.stringify(rule), rule])).values()];
}
