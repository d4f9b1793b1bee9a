import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, startCtr } from '../../rig/ctr.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';
import { isHostFree } from '../support/locks.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial({ command: ['sleep', '60'] }));
});
afterAll(() => shop.remove());

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGQUIT', 131],
] as const;
const points = ['create-veth', 'start-child', 'masquerade'];

test.each(
  signals.flatMap(([signal, code]) => points.map((point) => [signal, point, code] as const)),
)('%s during %s takes everything back; exit %i', async (signal, point, code) => {
  const before = await snapshot();
  const running = startCtr(['--json', 'up', file]);
  let said = '';
  running.stderr.on('data', (chunk: Buffer) => {
    const seen = said.includes(`"id":"${point}"`);
    said += chunk.toString();
    if (!seen && said.includes(`"id":"${point}"`)) running.kill(signal);
  });
  const ended = await running;
  expect(ended.exitCode).toBe(code);
  // On a busy machine the run is up before the signal arrives.
  expect(said).toMatch(/"event":"(?:interrupted|ready)"/);
  expect(await snapshot()).toBe(before);
});

test.each(signals)(
  '%s while the command runs ends it and takes everything back',
  async (signal, code) => {
    const before = await snapshot();
    const running = startCtr(['--json', 'up', file]);
    let said = '';
    running.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    await until(() => said.includes('"event":"ready"'));
    // ctr releases the host's lock after a delay (docs/decisions/0018).
    await until(isHostFree);
    running.kill(signal);
    expect((await running).exitCode).toBe(code);
    expect(await snapshot()).toBe(before);
  },
);

test('after kill -9 the container is gone, and the next command restores the host', async () => {
  const before = await snapshot();
  for (const point of [...points, 'ready']) {
    const running = startCtr(['--json', 'up', file]);
    let said = '';
    running.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(`"${point}"`)) running.kill('SIGKILL');
    });
    await running;
    expect((await ctr(['ps'])).code).toBe(0);
    expect(await snapshot()).toBe(before);
  }
});
