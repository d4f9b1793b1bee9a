import type { Config } from '../config/schema.ts';
import type { Facts } from '../facts/index.ts';
import { shellQuote } from '../model/command.ts';
import type { Event } from '../model/events.ts';
import type { Lab, LabContainer } from '../model/lab.ts';
import type { Plan } from '../model/plan.ts';

/** Stands in a recording where a value is left out. */
export const masked = '…';

function maskedContainer(container: LabContainer): LabContainer {
  const { environment, resolvers, search, resolverOptions, hosts } = container;
  return {
    ...container,
    environment: Object.fromEntries(Object.keys(environment).map((name) => [name, masked])),
    // What goes into resolv.conf(5) and hosts(5).
    resolvers: resolvers.map(() => masked),
    search: search.map(() => masked),
    resolverOptions: resolverOptions.map(() => masked),
    hosts: hosts.map(() => ({ address: masked, names: [masked] })),
  };
}

/** Makes the plan of a lab again; the fast one is a rewrite of the staged one. */
export type Remake = (lab: Lab, facts: Facts, fast: boolean) => Plan;

/**
 * The plan without values of environment variables and without what goes into files: it is made again, from a lab that
 * does not have them. No quoting within quoting can hide one from that.
 */
export function maskedPlan(plan: Plan, facts: Facts, remake: Remake): Plan {
  const lab: Lab = { ...plan.lab, containers: plan.lab.containers.map(maskedContainer) };
  const made = remake(lab, facts, plan.fast === true);
  return plan.oneByOne ? { ...made, oneByOne: true } : made;
}

/** A config without values of environment variables and without what goes into files. */
export function maskedConfig(config: Config): Readonly<Record<string, unknown>> {
  const containers = Object.entries(config.containers).map(
    ([name, { environment, dns: _, extra_hosts: __, ...rest }]) => [
      name,
      {
        ...rest,
        environment: Object.fromEntries(Object.keys(environment).map((key) => [key, masked])),
      },
    ],
  );
  return { ...config, containers: Object.fromEntries(containers) };
}

/** A word as it stands in a command, and in commands that are words of other commands. */
function asQuoted(word: string): readonly string[] {
  const quoted = shellQuote(word);
  const inner = (text: string) => text.replaceAll("'", `'\\''`);
  return [word, quoted, inner(quoted), inner(inner(quoted))];
}

/** Masks texts in which the kernel or a tool repeats what it was given. */
export function masker({ lab }: Plan): (text: string) => string {
  const given = lab.containers.flatMap(({ environment }) => Object.entries(environment));
  const names = new Set(given.map(([name]) => name));
  const pairs = given
    .flatMap(([name, value]) => [
      ...asQuoted(`${name}=${value}`).map((text) => [text, `${name}=${masked}`] as const),
      // Where a tool repeats a value without its name. A short one would mask too much else.
      ...(value.length < 6 ? [] : asQuoted(value).map((text) => [text, masked] as const)),
    ])
    .toSorted(([one], [other]) => other.length - one.length);
  return (text) => {
    const [, name = ''] = /^([A-Za-z_]\w*)=/.exec(text) ?? [];
    if (names.has(name)) return `${name}=${masked}`;
    return pairs.reduce((all, [pair, safe]) => all.replaceAll(pair, safe), text);
  };
}

/** Applies a function to every text in a value. */
export function mapTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T;
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, change)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, mapTexts(one, change)]),
  ) as T;
}

/** @returns a function that masks the events of a run, in their order. */
export function eventMasker(lines: readonly (readonly string[])[], mask: (text: string) => string) {
  const begun = lines.map(() => 0);
  const ended = lines.map(() => 0);
  return (event: Event): Event => {
    switch (event.event) {
      case 'command': {
        const at = begun[event.step] ?? 0;
        begun[event.step] = at + 1;
        return { ...event, line: lines[event.step]?.[at] ?? masked };
      }
      case 'ran': {
        const at = ended[event.step] ?? 0;
        ended[event.step] = at + 1;
        return { ...event, line: lines[event.step]?.[at] ?? masked };
      }
      case 'failed': {
        const { failure } = event;
        const line = lines[failure.step]?.[ended[failure.step] ?? 0] ?? masked;
        return { ...event, failure: { ...failure, line, said: mask(failure.said) } };
      }
      default:
        return mapTexts(event, mask);
    }
  };
}
