import { expect, test } from '@jest/globals';
import { allProcesses } from '../../../src/exec/processes.ts';
import { runner } from '../../../src/exec/runner.ts';

/** The number of processes with this word in their command line. */
function withWord(word: string): number {
  return [...allProcesses()].filter(({ argv }) => argv.includes(word)).length;
}

test('a command gets its input and the fixed environment', async () => {
  const { ok, stdout } = await runner.run(['sh', '-c', 'cat; env | grep -v ^PWD= | sort'], {
    input: 'one\n',
  });
  expect(ok).toBe(true);
  expect(stdout).toMatch(/^one\nLC_ALL=C\nPATH=\S+\n$/);
});

/** Keeps this thread busy, as a machine does whose processors others use. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('what a command has written is read, however late ctr gets to it', async () => {
  const late = runner.run(['sh', '-c', 'sleep 0.4; echo late']);
  // Its output and its end are in one turn of the event loop. During that turn the other command ends: the kernel
  // reports both ends together, and what the other one wrote comes only with the next turn, after the timers.
  const early = await runner.start(['sh', '-c', 'echo early'], {
    descriptors: ['ignore', 'pipe', 'pipe'],
  });
  early.output(1).on('data', () => {
    block(800);
    setImmediate(() => block(400));
  });
  block(200);
  await early.ended;
  expect(await late).toMatchObject({ ok: true, stdout: 'late\n' });
});

test('at its time limit a command ends with its descendants, even those that ignore SIGTERM', async () => {
  const word = `${process.pid}.5`;
  const script = `trap "" TERM; sleep ${word} & sleep ${word}`;
  const outcome = await runner.run(['sh', '-c', script], { timeoutMs: 200 });
  expect(outcome).toMatchObject({ ok: false, timedOut: true, signal: 'SIGKILL' });
  expect(outcome.durationMs).toBeLessThan(5000);
  expect(withWord(word)).toBe(0);
});

test('a command has ended even if another process holds its pipes', async () => {
  const outcome = await runner.run(['sh', '-c', 'echo said; setsid sleep 30 & echo "$!" >&2']);
  process.kill(Number(outcome.stderr));
  expect(outcome).toMatchObject({ ok: true, exitCode: 0, stdout: 'said\n' });
  expect(outcome.durationMs).toBeLessThan(10_000);
});

test.each([
  { what: 'a program that is not there', argv: ['no-such-tool'], missing: true, says: /ENOENT/ },
  { what: 'a word that is too long', argv: ['true', 'x'.repeat(200_000)], says: /E2BIG/ },
])('what cannot be started is an outcome: $what', async ({ argv, missing = false, says }) => {
  const outcome = await runner.run(argv);
  expect(outcome).toMatchObject({ ok: false, exitCode: undefined, signal: undefined, missing });
  expect(outcome.stderr).toMatch(says);
  const running = await runner.start(argv, { descriptors: ['pipe', 'pipe', 'pipe'] });
  expect(running.pid).toBeUndefined();
  expect(await running.ended).toMatchObject({ ok: false, missing });
});

test('a long-running process communicates by its descriptors, and reports its exit', async () => {
  const running = await runner.start(['sh', '-c', 'read -r word <&3; echo "$word" >&4; exit 3'], {
    descriptors: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  let said = '';
  running.output(4).on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  running.input(3).write('hello\n');
  expect(await running.ended).toMatchObject({ ok: false, exitCode: 3 });
  expect(said).toBe('hello\n');
});
