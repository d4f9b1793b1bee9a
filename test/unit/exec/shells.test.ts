import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { processes } from '../../../rig/processes.ts';
import { sleep } from '../../../src/exec/processes.ts';
import { runner as plain, type Runner, type Running } from '../../../src/exec/runner.ts';
import { throughShells } from '../../../src/exec/shells.ts';
import { shellLine } from '../../../src/model/command.ts';

let runner: Runner;
let started: number;
let hold: number;

beforeEach(() => {
  started = 0;
  hold = openSync('/dev/zero', 'r');
  runner = throughShells({
    ...plain,
    start: (argv, options) => {
      started += 1;
      return plain.start(argv, options);
    },
  });
});

afterEach(async () => {
  await runner.drop(hold);
  closeSync(hold);
});

/** Runs a command directly and by a shell of ctr's. The direct result is the expected one. */
async function both(argv: readonly string[], input?: string) {
  const options = { hold, ...(input === undefined ? {} : { input }) };
  const said = async (door: Runner) => {
    const { durationMs: _, ...rest } = await door.run(argv, options);
    return rest;
  };
  return [await said(runner), await said(plain)] as const;
}

test.each<{ what: string; argv: readonly string[]; input?: string }>([
  { what: 'output', argv: ['printf', 'one\ntwo\n'] },
  { what: 'output without an end of line', argv: ['printf', 'one'] },
  { what: 'nothing at all', argv: ['true'] },
  { what: 'an exit code and an error', argv: ['sh', '-c', 'echo wrong >&2; exit 3'] },
  {
    what: 'a script that sets what a shell sets',
    argv: ['sh', '-c', 'cd /; set -e; exec 2>&1; false; echo x'],
  },
  {
    what: 'words with everything in them',
    argv: ['printf', '%s|', "it's", '$HOME `id` "x"', 'a\nb', '*', ''],
  },
  { what: 'input', argv: ['cat'], input: 'one\n$two `three` \\four\n' },
  { what: 'input that looks like its end', argv: ['cat'], input: 'EOF\nEOF_\n' },
  {
    what: 'input that is longer than a pipe',
    argv: ['cat'],
    input: `${'x'.repeat(99)}\n`.repeat(2000),
  },
  { what: 'input that ends without an end of line', argv: ['cat'], input: 'one' },
  { what: 'no input', argv: ['cat'] },
  {
    what: 'a script from the input, with words and documents of its own',
    argv: ['sh', '-eu', '-s', 'one', "it's"],
    input: 'cat <<EOF\n$1 and $2\nEOF\nfalse\necho never\n',
  },
  { what: 'much output', argv: ['seq', '100000'] },
  { what: 'a killed command', argv: ['sh', '-euc', 'kill -s KILL $$', 'x'] },
])('a command through a shell does and says the same: $what', async ({ argv, input }) => {
  const [through, direct] = await both(argv, input);
  // dash also prints the name of the signal.
  expect({ ...through, stderr: '' }).toEqual({ ...direct, stderr: '' });
  if (direct.signal === undefined) expect(through.stderr).toBe(direct.stderr);
});

test('after a missing program the shell continues', async () => {
  expect(await runner.run(['no-such-tool', 'x'], { hold })).toMatchObject({
    ok: false,
    missing: true,
  });
  expect(await runner.run(['echo', 'on'], { hold })).toMatchObject({ ok: true, stdout: 'on\n' });
  expect(started).toBe(1);
});

/** The number of processes with this word in their command line, after killed ones have had time to end. */
async function running(word: string): Promise<number> {
  const found = () =>
    processes().filter(({ words }) => words.some((one) => one.includes(word))).length;
  for (let tries = 0; tries < 6000 && found() > 0; tries += 1) await sleep(10);
  return found();
}

test('hanging commands end at their time limit with their descendants, and the next ones work', async () => {
  // The pid distinguishes processes of this test from others.
  const words = [`${process.pid}01`, `${process.pid}02`];
  const hang = async (seconds: string) => {
    const script = `sleep ${seconds} & sleep ${seconds}`;
    return await runner.run(['sh', '-euc', script, 'x'], { hold, timeoutMs: 300 });
  };
  for (const outcome of await Promise.all(words.map(hang))) {
    expect(outcome).toMatchObject({ ok: false, timedOut: true });
  }
  expect(started).toBe(2);
  for (const word of words) expect(await running(word)).toBe(0);
  expect(await runner.run(['echo', 'on'], { hold })).toMatchObject({ ok: true, stdout: 'on\n' });
});

test('a command fails if its shell is killed, and the next one gets the other shell', async () => {
  const killed = await runner.run(['sh', '-euc', 'kill -s KILL $PPID', 'x'], { hold });
  expect(killed).toMatchObject({ ok: false, signal: 'SIGKILL', timedOut: false });
  expect(await runner.run(['echo', 'on'], { hold })).toMatchObject({ ok: true, stdout: 'on\n' });
});

test('two commands run in parallel by shells, further ones directly, and each gets its own answer', async () => {
  const words = ['one', 'two', 'three', 'four'];
  const outcomes = await Promise.all(
    words.map((word) => runner.run(['sh', '-euc', `sleep 0.1; echo ${word}`, 'x'], { hold })),
  );
  expect(outcomes.map(({ stdout }) => stdout.trim())).toEqual(words);
  expect(started).toBe(2);
});

test('a second shell is opened only for a command that cannot wait for the first', async () => {
  await runner.run(['true'], { hold });
  await runner.run(['true'], { hold });
  expect(started).toBe(1);
  await Promise.all([runner.run(['true'], { hold }), runner.run(['true'], { hold })]);
  expect(started).toBe(2);
});

test.each([
  { which: 'the first', killed: [0] },
  { which: 'the second', killed: [1] },
  { which: 'both', killed: [0, 1] },
])(
  '$which of the shells may die while they wait: then it serves nobody any more',
  async ({ killed }) => {
    const opened: Running[] = [];
    const door = throughShells({
      ...plain,
      async start(argv, options) {
        const running = await plain.start(argv, options);
        opened.push(running);
        return running;
      },
    });
    await Promise.all([door.run(['true'], { hold }), door.run(['true'], { hold })]);
    expect(opened).toHaveLength(2);
    for (const one of killed) {
      process.kill(opened[one]?.pid ?? 0, 'SIGKILL');
      await opened[one]?.ended;
    }
    for (const word of ['on', 'and on']) {
      expect(await door.run(['echo', word], { hold })).toMatchObject({ stdout: `${word}\n` });
    }
    expect(opened).toHaveLength(killed.length === 2 ? 3 : 2);
    await door.drop(hold);
  },
);

/** The lines that ctr writes to its shells, without those that print the exit status. */
async function told(argv: readonly string[], input?: string): Promise<string> {
  let text = '';
  const door = throughShells({
    ...plain,
    async start(words, options) {
      const running = await plain.start(words, options);
      const shell = running.input(0);
      const write = shell.write.bind(shell);
      shell.write = (chunk: string) => {
        text += chunk;
        return write(chunk);
      };
      return { ...running, input: () => shell };
    },
  });
  await door.run(argv, input === undefined ? { hold } : { hold, input });
  await door.drop(hold);
  return text.slice(0, text.indexOf('\nset -- $?'));
}

test('a shell gets the line that is printed', async () => {
  const script = ['sh', '-euc', 'echo "$1"', 'sh', "it's"];
  expect(await told(script)).toBe(`${shellLine(script)} </dev/null`);
  expect(await told(['sh', '-c', 'echo x'])).toBe("sh -c 'echo x' </dev/null");
  expect(await told(['sh', '-eu', '-s', '7'], 'echo "$1"\n')).toBe(
    'sh -eu -s 7 <<\'EOF\'\necho "$1"\nEOF',
  );
});

test('if no shell can start, commands run directly', async () => {
  const door = throughShells({
    ...plain,
    start() {
      throw new Error('too many open files');
    },
  });
  expect(await door.run(['echo', 'on'], { hold })).toMatchObject({ ok: true, stdout: 'on\n' });
});

test('only the commands that need the descriptor hold it, and none after it is closed', async () => {
  const list = ['sh', '-euc', 'readlink /proc/self/fd/3 || echo none', 'x'];
  expect((await runner.run(list, { hold })).stdout).toBe('/dev/zero\n');
  expect((await runner.run(list)).stdout).toBe('none\n');
  await runner.drop(hold);
  const holders = readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return readlinkSync(`/proc/${pid}/fd/3`) === '/dev/zero';
    } catch {
      return false;
    }
  });
  expect(holders).toEqual([]);
});

test('without a held lock there is no shell', async () => {
  expect((await runner.run(['echo', 'plain'])).stdout).toBe('plain\n');
  expect(started).toBe(0);
});
