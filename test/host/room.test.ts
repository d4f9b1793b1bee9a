import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, ctrPath } from '../../rig/ctr.ts';
import { asUser, copyOfCtr, userId } from '../../rig/ordinary-user.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;
let socket: string;
/** ctr as an ordinary user. */
let userCtr: readonly string[];

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial());
  socket = join(shop.directory, 'tmux');
  const state = join(shop.directory, 'state');
  mkdirSync(state);
  userCtr = [...asUser, 'env', `CTR_STATE_DIR=${state}`, ...copyOfCtr(shop.directory)];
  for (const path of [shop.directory, file]) chmodSync(path, 0o755);
  await sh(['chown', '-R', String(userId), shop.directory]);
});
afterAll(async () => {
  await tmux('kill-server');
  shop.remove();
});

async function tmux(...args: string[]): Promise<string> {
  return (await sh(['tmux', '-S', socket, ...args])).out;
}

/** A terminal of its own. */
async function terminal(name: string, columns = 80) {
  const size = ['-x', String(columns), '-y', '24'];
  await tmux('new-session', '-d', '-s', name, ...size, `PS1='outside$ ' sh`);
  const screen = () => tmux('capture-pane', '-p', '-t', name);
  const shows = async (pattern: RegExp) => {
    let seen = '';
    try {
      await until(async () => {
        seen = await screen();
        return pattern.test(seen);
      });
    } catch {
      throw new Error(`${pattern} is not on the screen:\n${seen.trim()}`);
    }
    return seen;
  };
  await shows(/outside\$/);
  return {
    screen,
    shows,
    press: async (...keys: string[]) => void (await tmux('send-keys', '-t', name, ...keys)),
    type: async (words: readonly string[]) =>
      void (await tmux('send-keys', '-t', name, words.join(' '), 'Enter')),
    close: async () => void (await tmux('kill-session', '-t', name)),
  };
}

const program = [process.execPath, ctrPath];

test('--why waits for Enter between steps, and Ctrl-C in between undoes everything', async () => {
  const one = await terminal('why', 40);
  const before = await snapshot();
  await one.type([
    ...program,
    'up',
    '--why',
    '--focus',
    'network',
    file,
    ';',
    'echo',
    'code',
    '$?',
  ]);
  await one.shows(/▸/);
  expect((await sh(['ip', 'link', 'show', 'dev', 'veth-labex'])).code).not.toBe(0);
  await one.press('Enter');
  const second = await one.shows(/2\/17[\s\S]*▸/);
  expect((await sh(['ip', 'link', 'show', 'dev', 'veth-labex'])).code).toBe(0);
  // At 40 columns lines are wrapped between words.
  expect(second).toMatch(/ \\\n {7}\S/);
  await one.press('C-c');
  await one.shows(/SIGINT: undoing everything[\s\S]*code 130/);
  expect(await one.screen()).not.toContain('3/17');
  expect(await snapshot()).toBe(before);
  await one.close();
});

test('after the last step the command has the terminal, with a prompt that says where it is', async () => {
  const one = await terminal('brief');
  const before = await snapshot();
  await one.type([...program, 'up', '--brief', '--pace', '0', file, ';', 'echo', 'code', '$?']);
  await one.shows(/17\/17[\s\S]*^labex:\/#/m);
  await one.type(['cd /bin; stty size']);
  await one.shows(/^24 80\nlabex:\/bin#/m);
  await one.type(['exit 3']);
  await one.shows(/^code 3/m);
  expect(await snapshot()).toBe(before);
  await one.close();
});

test('without a terminal --why waits for nobody, and Enter cannot be waited for', async () => {
  const before = await snapshot();
  const ran = await ctr(['up', '--why', file, '--', 'true']);
  expect(ran.code).toBe(0);
  expect(ran.err).toContain('A bridge is a switch');
  expect(ran.err).toMatch(/17\/17 {2}Tell labex to start true/);
  const refused = await ctr(['up', '--pace', 'enter', file, '--', 'true']);
  expect(refused.code).toBe(2);
  expect(refused.err).toContain('no terminal');
  expect((await ctr(['up', '--brief', '--focus', 'network', file])).code).toBe(2);
  const started = performance.now();
  expect((await ctr(['up', '--brief', '--pace', '0.1', file, '--', 'true'])).code).toBe(0);
  expect(performance.now() - started).toBeGreaterThan(1600);
  expect(await snapshot()).toBe(before);
});

test('beside a run on this host', async () => {
  expect((await ctr(['-q', 'up', '-d', file, '--', 'sleep', '60'])).code).toBe(0);
  const links = await ctr(['exec', '--host', 'labex', '--', 'ip', '-br', 'link']);
  expect(links.out).toMatch(/^veth-labex@/m);
  expect((await ctr(['exec', '--host', 'labex', '--', 'sh', '-c', 'exit 7'])).code).toBe(7);
  expect((await ctr(['exec', '--host', 'labex', '--', 'no-such-program'])).code).toBe(127);
  expect((await ctr(['exec', '--host', 'nobody', '--', 'true'])).code).toBe(125);
  expect((await ctr(['exec', '--host', '--world', 'labex', '--', 'true'])).code).toBe(125);
  const reading = JSON.parse((await ctr(['watch', '--json', '--count', '1', 'labex'])).out);
  expect(reading.host.links.map(({ name }: { name: string }) => name)).toContain('veth-labex');
  const lines = (await ctr(['watch', '--json', '--count', '2', '--interval', '0.2', 'labex'])).out;
  expect(
    lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).reading),
  ).toEqual([1, 2]);
  const plain = await ctr(['watch', 'labex']);
  expect([plain.code, plain.out]).toEqual([0, expect.stringContaining('MASQUERADE')]);
  expect((await ctr(['watch', 'nobody'])).code).toBe(2);
  expect((await ctr(['-q', 'down', 'labex'])).code).toBe(0);
});

test('an ordinary user watches the MASQUERADE rule count from a second window', async () => {
  const one = await terminal('first');
  await one.type([...userCtr, '-q', 'up', file, ';', 'echo', 'code', '$?']);
  await one.shows(/^labex:\/#/m);

  const run = async (...words: string[]) => await sh([...userCtr, ...words]);
  const inHost = await run('exec', '--host', 'labex', '--', 'ip', '-br', '-4', 'addr');
  expect(inHost.out).toMatch(/^ctr0 +UP +192\.168\.0\.1\/16/m);
  const inWorld = await run('exec', '--world', 'labex', '--', 'ip', '-br', '-4', 'addr');
  expect(inWorld.out).toMatch(/^eth0@\S+ +UP +198\.51\.100\.1\/24/m);
  expect((await run('exec', '--world', 'labex', '--', 'sh', '-c', 'exit 7')).code).toBe(7);

  const two = await terminal('second');
  await two.type([...userCtr, 'exec', '--world', 'labex']);
  await two.shows(/^world:\S+#/m);
  await two.type(['exit']);
  await two.type([...userCtr, 'watch', '--interval', '0.3', 'labex', ';', 'echo', 'code', '$?']);
  await two.shows(/^ +0 {2}nat POSTROUTING .*MASQUERADE$/m);
  await one.type(['ping -c 1 203.0.113.80']);
  await two.shows(/^ +1 {2}nat POSTROUTING .*MASQUERADE$/m);
  await one.type(['ping -c 1 203.0.113.80']);
  const screen = await two.shows(/^. +2 (?:\(\+1\)| ).*MASQUERADE$/m);
  expect(screen).toMatch(/icmp {2}192\.168\.0\.100 → 203\.0\.113\.80 {2}leaves as 198\.51\.100\.2/);
  await two.press('q');
  await two.shows(/\bcode 0$/m);
  // It ends by itself with the run, and gives the terminal back.
  await two.type(['clear']);
  await two.type([...userCtr, 'watch', 'labex', ';', 'echo', 'code', '$?']);
  await two.shows(/MASQUERADE/);
  const three = await terminal('third');
  await three.type([...userCtr, 'exec', '--host', 'labex', ';', 'echo', 'code', '$?']);
  await three.shows(/^host:\S+#/m);
  await one.type(['exit 5']);
  await one.shows(/^code 5/m);
  await two.shows(/labex has ended\ncode 0/);
  await two.type(['stty -a | grep -o " icanon"']);
  await two.shows(/^ icanon/m);
  // A shell beside the run ends with the sandbox host, however the shell had set the terminal.
  await three.shows(/labex has ended, and its sandbox host with it\ncode 137/);
  await three.type(['stty -a | grep -o " icanon"']);
  await three.shows(/^ icanon/m);
  for (const each of [one, two, three]) await each.close();
});
