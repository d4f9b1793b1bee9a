import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config/load.ts';
import type { Context } from '../../src/context.ts';
import { bringUp } from '../../src/engine/bring-up.ts';
import { listenForInterrupts } from '../../src/engine/interrupt.ts';
import { runner } from '../../src/engine/runner.ts';
import { stateDirectory } from '../../src/engine/state.ts';
import { restoreOne } from '../../src/engine/take-down.ts';
import { CtrError } from '../../src/errors.ts';
import { type Fault, faulty } from '../support/faults.ts';
import { assertSandbox, snapshot, tutorial, workshop } from '../support/host.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial({ command: ['sleep', '60'] }));
});
afterAll(() => shop.remove());

/** Brings the tutorial up with a failure at the n-th change. @returns what was reached and said. */
async function upWith(at: number, fault: Fault, form: 'one by one' | 'staged' | 'fast') {
  const injected = faulty(runner, at, fault);
  const context: Context = {
    language: 'en',
    json: false,
    quiet: true,
    verbose: false,
    color: false,
    stateDir: '/run/ctr',
    runner: injected.runner,
    environment: {},
    print: () => undefined,
    tell: () => undefined,
  };
  const directory = stateDirectory(context.stateDir);
  const interrupt = listenForInterrupts();
  try {
    const session = await bringUp(
      context,
      directory,
      loadConfig(file).config,
      {
        detached: false,
        fast: form === 'fast',
        oneByOne: form === 'one by one',
        terminal: null,
        farewell: () => ['true'],
        approve: () => undefined,
        warn: () => undefined,
        show: async () => ({ see: () => undefined, close: async () => undefined }),
      },
      interrupt,
    );
    const left = await restoreOne(injected.runner, directory, session, () => undefined);
    return { fired: injected.fired(), error: undefined, left };
  } catch (error) {
    if (!(error instanceof CtrError)) throw error;
    return { fired: injected.fired(), error, left: [] };
  } finally {
    interrupt.stop();
  }
}

test.each([
  ['before', 'one by one', 30],
  ['after', 'one by one', 30],
  ['before', 'staged', 18],
  ['after', 'staged', 18],
  ['before', 'fast', 8],
  ['after', 'fast', 8],
] as const)(
  'when any one command fails %s its effect, %s, everything is taken back and said so',
  async (fault, form, least) => {
    const before = await snapshot();
    let cases = 0;
    for (let at = 0; ; at += 1) {
      const { fired, error, left } = await upWith(at, fault, form);
      const after = await snapshot();
      expect({ fired, left, same: after === before, after: after === before ? '' : after }).toEqual(
        {
          fired,
          left: [],
          same: true,
          after: '',
        },
      );
      if (fired === undefined) break;
      // A fault in an undo is retried: then the run itself was a success.
      if (error !== undefined) {
        expect(error.exitCode).toBe(5);
        expect(error.details.undone?.en).toMatch(/the host is as it was|nothing to undo/);
      }
      cases += 1;
    }
    console.log(`${cases} commands made to fail ${fault} their effect, none left anything`);
    expect(cases).toBeGreaterThan(least);
  },
  240_000,
);
