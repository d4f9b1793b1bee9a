import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/config/schema.ts';
import type { Facts } from '../../src/facts/index.ts';
import { shellLine } from '../../src/model/command.ts';
import type { Event } from '../../src/model/events.ts';
import type { Plan } from '../../src/model/plan.ts';
import { planOfLab } from '../../src/plan.ts';
import { recorder } from '../../src/recording/recorder.ts';
import type { NetworkState, Snapshot } from '../../src/snapshot/snapshot.ts';

export const emptyNetwork: NetworkState = {
  links: [],
  routes: [],
  rules: [],
  neighbours: [],
  fdb: [],
  firewall: [],
  sysctls: {},
};

/** What `apply` tells of a plan in which every command works. */
function* eventsOf(plan: Plan): Generator<Event> {
  yield { event: 'plan', name: plan.name, steps: plan.steps.length, counts: {} };
  for (const [step, { id, of, title, why, commands }] of plan.steps.entries()) {
    yield { event: 'step', step, id, of, title, why, shared: false };
    for (const { argv } of commands) {
      const line = shellLine(argv);
      yield { event: 'command', step, line };
      yield { event: 'ran', step, line, ms: 1 };
    }
    yield { event: 'stepped', step, id };
  }
  yield { event: 'ready', name: plan.name };
}

/**
 * Records a plan that did not run.
 * @param states what the host is like at the start and after each step.
 * @param more events after the last step.
 * @returns the file.
 */
export async function recordPlan(
  directory: string,
  { plan, config, facts }: { readonly plan: Plan; readonly config: Config; readonly facts: Facts },
  states: (at: number) => Snapshot,
  more: readonly Event[] = [],
): Promise<string> {
  const path = join(directory, `${Math.random()}.ctr.ndjson`);
  let at = 0;
  let clock = 0;
  const tape = recorder({
    descriptor: openSync(path, 'w'),
    plan,
    remake: planOfLab,
    config,
    facts,
    language: 'en',
    release: '0.1.0',
    place: 'sandbox',
    made: new Date('2026-01-02T03:04:05Z'),
    tools: { iproute2: '6.1.0' },
    trouble: (error) => {
      throw error;
    },
    now: () => {
      clock += 1;
      return clock;
    },
    observer: {
      read: async () => {
        at += 1;
        return states(at - 1);
      },
      compare: () => ({ changes: [], hidden: {}, missing: [] }),
    },
  });
  for (const event of eventsOf(plan)) {
    tape.see(event);
    if (event.event === 'plan') await tape.moment('start', -1);
    if (event.event === 'stepped') await tape.moment('step', event.step);
  }
  for (const event of more) tape.see(event);
  tape.close();
  return path;
}

export const textOf = (path: string) => readFileSync(path, 'utf8');
