import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, ctrPath } from '../../rig/ctr.ts';
import { isRunning, processes } from '../../rig/processes.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;
let socket: string;

async function tmux(...args: string[]): Promise<string> {
  return (await sh(['tmux', '-S', socket, ...args])).out;
}

async function type(text: string): Promise<void> {
  await tmux('send-keys', '-t', 't', text, 'Enter');
}

async function screenShows(pattern: RegExp): Promise<void> {
  let screen = '';
  try {
    await until(async () => {
      screen = await tmux('capture-pane', '-p', '-t', 't');
      return pattern.test(screen);
    });
  } catch {
    throw new Error(`${pattern} is not on the screen:\n${screen.trim()}`);
  }
}

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial());
  socket = join(shop.directory, 'tmux');
});
afterAll(async () => {
  await tmux('kill-server');
  shop.remove();
});

test('the container’s shell has the terminal: job control, Ctrl-C, the window’s size; exit cleans up', async () => {
  await tmux('new-session', '-d', '-s', 't', '-x', '100', '-y', '40', `PS1='outside$ ' sh`);
  await screenShows(/outside\$/);
  const before = await snapshot();
  await type(`${process.execPath} ${ctrPath} -q up ${file}; echo code $?`);
  await screenShows(/^labex:\/#/m);
  expect(await tmux('capture-pane', '-p', '-t', 't')).not.toMatch(
    /job control turned off|can't access tty/,
  );

  await type('ping 192.168.0.1');
  await screenShows(/seq=0/);
  await tmux('send-keys', '-t', 't', 'C-c');
  await screenShows(/packets transmitted/);
  await type('echo $$ alive');
  await screenShows(/^1 alive/m);

  await type('sleep 50');
  await until(() => isRunning('sleep', '50'));
  await tmux('send-keys', '-t', 't', 'C-z');
  await screenShows(/Stopped\s+sleep 50/);
  await type('kill -9 %1; clear; stty size');
  await screenShows(/^40 100/m);
  await tmux('resize-window', '-t', 't', '-x', '90', '-y', '30');
  await until(async () => {
    await type('clear; stty size');
    return /^30 90/m.test(await tmux('capture-pane', '-p', '-t', 't'));
  });

  await type('exit 4');
  await screenShows(/code 4/);
  await type('stty -a | grep -o " icanon"');
  await screenShows(/^ icanon/m);
  expect(await snapshot()).toBe(before);
});

test('the output of a short command on its terminal is not lost', async () => {
  for (const word of ['alpha', 'beta', 'gamma']) {
    await type(`clear; ${process.execPath} ${ctrPath} -q up ${file} -- sh -c 'tty; echo ${word}'`);
    await screenShows(new RegExp(`^${word}`, 'm'));
    await screenShows(/outside\$ *$/m);
  }
});

test('on a terminal, ctr does not mistake a container’s output for an end by a signal', async () => {
  const words = 'echo "unshare: sigprocmask unblock failed: Invalid argument"; exit 1';
  await type(
    `clear; ${process.execPath} ${ctrPath} -q up ${file} -- sh -c '${words}'; echo code $?`,
  );
  await screenShows(/code 1$/m);
  await type(`clear; ${process.execPath} ${ctrPath} -q up ${file} -- sleep 60; echo code $?`);
  let pid = 0;
  await until(async () => {
    const [one] = JSON.parse((await ctr(['ps', '--json'])).out).containers as {
      state: string;
      pid: number;
    }[];
    pid = one?.state === 'running' ? one.pid : 0;
    return pid > 0;
  });
  process.kill(pid, 'SIGKILL');
  await screenShows(/code 137$/m);
});

test('exec gives a terminal of the window’s size to a shell in a detached container', async () => {
  await type(`clear; ${process.execPath} ${ctrPath} -q up -d ${file}`);
  await screenShows(/^labex/m);
  await type(`${process.execPath} ${ctrPath} exec labex; echo code $?`);
  await screenShows(/^labex:\/#/m);
  await type('stty size; tty');
  await screenShows(/^30 90\s+\/dev\/pts\/0$/m);
  await type('sleep 50');
  await until(() => isRunning('sleep', '50'));
  await tmux('send-keys', '-t', 't', 'C-c');
  await type('exit 6');
  await screenShows(/code 6/);
  await type(`clear; ${process.execPath} ${ctrPath} -q down labex; echo down $?`);
  await screenShows(/down 0/);
});

/** Clears the screen of earlier output. */
async function clear(): Promise<void> {
  turn += 1;
  await type(`clear; echo turn ${turn}`);
  await screenShows(new RegExp(`^turn ${turn}$`, 'm'));
}
let turn = 0;

/** Types a command, waits for its output, and presses a key. */
async function press(key: string, words: string, shown: RegExp): Promise<void> {
  await clear();
  await type(`${process.execPath} ${ctrPath} -q ${words}; echo code $?`);
  await screenShows(shown);
  await tmux('send-keys', '-t', 't', key);
}

/** A command that prints a line and then executes another one. */
const shows = (rest: string) => `-- sh -c 'echo; echo here; ${rest}'`;

test.each([
  ['C-c', 'exec sleep 600', 130],
  ['C-c', 'exec httpd -f', 130],
  ['C-c', 'while :; do sleep 1; done', 130],
  ['C-\\', 'exec sleep 600', 131],
])('%s ends a container whose first process is `%s`', async (key, command, code) => {
  const before = await snapshot();
  await press(key, `up ${file} ${shows(command)}`, /^here/m);
  await screenShows(new RegExp(`code ${code}$`, 'm'));
  expect(await snapshot()).toBe(before);
});

test('ctr explains in both languages why Ctrl-C ends a container', async () => {
  for (const [language, words] of [
    ['en', /SIGINT: sleep is process 1 of labex and has no handler for it/],
    ['zh', /SIGINT：sleep 是 labex 的 1 号进程，没有设置处理函数/],
  ] as const) {
    await clear();
    await type(
      `${process.execPath} ${ctrPath} --lang ${language} up ${file} ${shows('exec sleep 600')}`,
    );
    await screenShows(/^here/m);
    await tmux('send-keys', '-t', 't', 'C-c');
    await screenShows(words);
    await screenShows(/(?:has ended|已结束)[^$]*outside\$/);
  }
});

test('a program that reads Ctrl-C as a key gets it, and so does one that handles or ignores it', async () => {
  const raw = 'stty raw -echo; echo now; dd bs=1 count=1 2>/dev/null | od -c; stty sane; exit 9';
  await press('C-c', `up ${file} ${shows(raw)}`, /^now/m);
  await screenShows(/003/);
  await screenShows(/code 9$/m);

  const handled = 'trap "echo heard; exit 8" INT; while :; do sleep 1; done';
  await press(
    'C-c',
    `up ${file} -- sh -c '${handled.replace('while', 'echo here; while')}'`,
    /^here/m,
  );
  await screenShows(/heard\s+code 8$/m);

  const ignored = 'trap "" INT; while ! [ -e /tmp/end ]; do sleep 0.1; done; exit 7';
  await press('C-c', `up ${file} ${shows(ignored)}`, /^here/m);
  const [one] = JSON.parse((await ctr(['ps', '--json'])).out).containers as { state: string }[];
  expect(one?.state).toBe('running');
  expect((await ctr(['exec', 'labex', '--', 'touch', '/tmp/end'])).code).toBe(0);
  await screenShows(/code 7$/m);
});

test('Ctrl-C in a sandbox host goes to its command, whose exit code ctr returns', async () => {
  const handled = 'trap "echo heard; exit 8" INT; echo here; while :; do sleep 0.1; done';
  await press('C-c', `sandbox sh -c '${handled}'`, /^here/m);
  await screenShows(/heard\s+code 8$/m);
  await press('C-c', `sandbox sh -c 'echo here; exec sleep 600'`, /^here/m);
  await screenShows(/code 130$/m);
});

test('after a Ctrl-C, SIGTERM to ctr still reaches the command of a sandbox host', async () => {
  const handled =
    'trap "echo heard" INT; trap "echo ended; exit 200" TERM; echo here; while :; do sleep 0.1; done';
  await press('C-c', `sandbox sh -c '${handled}'`, /^here/m);
  await screenShows(/heard/);
  const ours = processes().filter(
    ({ words }) => words[1] === ctrPath && words.includes('sandbox') && words.includes(handled),
  );
  expect(ours).toHaveLength(1);
  for (const { pid } of ours) process.kill(pid, 'SIGTERM');
  await screenShows(/ended\s+code 200$/m);
});

test('a ctr that is killed after a SIGTERM takes its sandbox host along', async () => {
  const deaf = 'trap "" TERM; echo here; while :; do sleep 0.1; done';
  await clear();
  await type(`${process.execPath} ${ctrPath} -q sandbox sh -c '${deaf}'; echo code $?`);
  await screenShows(/^here/m);
  const inside = () => processes().filter(({ words }) => words.includes(deaf));
  const [own] = inside().filter(({ words }) => words[1] === ctrPath);
  expect(inside().length).toBeGreaterThan(1);
  process.kill(own?.pid ?? 0, 'SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 300));
  process.kill(own?.pid ?? 0, 'SIGKILL');
  await screenShows(/code 137$/m);
  await until(() => inside().length === 0);
});

test('a shell in a sandbox host begins with what it is; a command, and -q, with nothing', async () => {
  const begins = /in a sandbox host.*exit/;
  const program = `${process.execPath} ${ctrPath}`;
  await clear();
  await type(`SHELL=/bin/sh PS1='inside# ' ${program} sandbox`);
  await screenShows(begins);
  await screenShows(/inside#/);
  await type('exit 3');
  await screenShows(/outside\$ *$/m);
  for (const words of ['-q sandbox', 'sandbox -- sh']) {
    await clear();
    await type(`SHELL=/bin/sh PS1='inside# ' ${program} ${words}`);
    await screenShows(/inside#/);
    expect(await tmux('capture-pane', '-p', '-t', 't')).not.toMatch(begins);
    await type('exit');
    await screenShows(/outside\$ *$/m);
  }
});

test('Ctrl-\\ in a sandbox host goes to its command, too', async () => {
  const handled =
    'trap "echo heard" QUIT; echo here; for _ in $(seq 20); do sleep 0.1; done; exit 5';
  await press('C-\\', `sandbox sh -c '${handled}'`, /^here/m);
  await screenShows(/heard\s+code 5$/m);
  await press('C-\\', `sandbox sh -c 'echo here; exec sleep 600'`, /^here/m);
  await screenShows(/code 131$/m);
});

test('Ctrl-C ends the process of exec, and the container continues', async () => {
  expect((await ctr(['-q', 'up', '-d', file, '--', 'sleep', '600'])).code).toBe(0);
  await press('C-c', `exec labex -- sh -c 'echo; echo here; exec sleep 600'`, /^here/m);
  await screenShows(/code 130$/m);
  const [one] = JSON.parse((await ctr(['ps', '--json'])).out).containers as { state: string }[];
  expect(one?.state).toBe('running');
  expect((await ctr(['-q', 'down', 'labex'])).code).toBe(0);
});

test.each([false, true])(
  'the terminal has a name in the container, and belongs to its root (user namespace: %s)',
  async (apart) => {
    const config = shop.config('named', tutorial({ user_namespace: apart }));
    const words = `sh -c 'tty; tty >/tmp/name; ls -l /dev/pts/0; echo written >$(cat /tmp/name)'`;
    const named = /^\/dev\/pts\/0\s+crw--w----\s+1 root [^\n]*\s+written\s+code 0$/m;
    await clear();
    await type(`${process.execPath} ${ctrPath} -q up ${config} -- ${words}; echo code $?`);
    await screenShows(named);
    expect((await ctr(['-q', 'up', '-d', config, '--', 'sleep', '600'])).code).toBe(0);
    await clear();
    await type(`${process.execPath} ${ctrPath} exec labex -- ${words}; echo code $?`);
    await screenShows(named);
    expect((await ctr(['-q', 'down', 'labex'])).code).toBe(0);
  },
);

describe.each([
  ['dash', 'staged', []],
  ['bash', 'fast', ['--fast']],
])('the exported script, run by %s (%s)', (shell, form, flags) => {
  async function exported(command: readonly string[]): Promise<string> {
    const config = shop.config('exported', tutorial({ command }));
    const path = join(shop.directory, `exported-${form}.sh`);
    writeFileSync(path, (await ctr(['plan', ...flags, '--format', 'sh', config])).out);
    return path;
  }

  test('gives a shell the terminal: job control, Ctrl-C, the window’s size, and back in the end', async () => {
    const before = await snapshot();
    await clear();
    await type(`${shell} ${await exported(['/bin/sh'])}; echo code $?`);
    await screenShows(/^labex:\/#/m);
    await type('tty; sleep 50');
    await screenShows(/^\/dev\/pts\/0$/m);
    await tmux('send-keys', '-t', 't', 'C-z');
    await screenShows(/Stopped\s+sleep 50/);
    await type('kill -9 %1; clear; ping 192.168.0.1');
    await screenShows(/seq=0/);
    await tmux('send-keys', '-t', 't', 'C-c');
    await screenShows(/packets transmitted/);
    await tmux('resize-window', '-t', 't', '-x', '70', '-y', '33');
    await until(async () => {
      await type('clear; stty size; echo $$ alive');
      return /^33 70\s+1 alive/m.test(await tmux('capture-pane', '-p', '-t', 't'));
    }, 8000);
    await type('exit 4');
    await screenShows(/code 4$/m);
    await type('clear; stty -a | grep -o " icanon"');
    await screenShows(/^ icanon/m);
    expect(await snapshot()).toBe(before);
  });

  test.each([
    ['C-c', ['exec sleep 600'], 130],
    ['C-\\', ['exec sleep 600'], 131],
    ['C-c', ['trap "exit 8" INT; while :; do sleep 0.1; done'], 8],
  ])('%s reaches or ends `%s`', async (key, [words = ''], code) => {
    const before = await snapshot();
    const script = await exported(['sh', '-c', `${words.replace(/exec|while/, 'echo here; $&')}`]);
    await clear();
    await type(`${shell} ${script}; echo code $?`);
    await screenShows(/^here/m);
    await tmux('send-keys', '-t', 't', key);
    await screenShows(new RegExp(`code ${code}$`, 'm'));
    expect(await snapshot()).toBe(before);
  });

  test('has the terminal too when it is standard input itself', async () => {
    const script = await exported(['/bin/sh']);
    await clear();
    await type(`cat ${script} | ${shell}; echo code $?`);
    await screenShows(/^labex:\/#/m);
    await type('tty; exit 6');
    await screenShows(/^\/dev\/pts\/0\s+code 6$/m);
  });
});
