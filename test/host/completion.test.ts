import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, ctrPath } from '../../rig/ctr.ts';
import { sh } from '../../rig/sh.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let socket: string;
let bin: string;
let path: string;

async function tmux(...words: readonly string[]): Promise<string> {
  return (await sh(['tmux', '-S', socket, ...words])).out;
}

const shells = {
  bash: {
    start: 'bash --norc --noprofile',
    ready: `PS1='ready> '; bind 'set show-all-if-ambiguous on'`,
  },
  zsh: {
    start: 'zsh -f',
    ready: `PS1='ready> '; autoload -U compinit; compinit -u -D; setopt no_beep no_list_beep`,
  },
} as const;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  socket = join(shop.directory, 'tmux');
  bin = join(shop.directory, 'bin');
  path = `${bin}:${dirname(process.execPath)}:/usr/sbin:/usr/bin:/sbin:/bin`;
  mkdirSync(bin);
  for (const name of ['ctr', 'ctrnet']) symlinkSync(ctrPath, join(bin, name));
  writeFileSync(join(shop.directory, 'my config.json'), '{}');
  const pair = shop.config('pair', {
    version: 1,
    name: 'pair',
    networks: {
      lab: {
        bridge: { name: 'ctr7' },
        subnets: [{ subnet: '10.77.0.0/24', gateway: '10.77.0.1' }],
      },
    },
    containers: Object.fromEntries(
      ['left', 'right'].map((name) => [
        name,
        { rootfs: './labex', command: ['sleep', '3600'], interfaces: [{ network: 'lab' }] },
      ]),
    ),
  });
  expect(await ctr(['up', '-d', pair])).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await tmux('kill-server');
  await ctr(['down', 'pair']);
  shop.remove();
});

/** Typed words, and the line after TAB. */
const rows: readonly (readonly [typed: string, becomes: string])[] = [
  ['NAME sche', 'NAME schema '],
  ['NAME --lang zh valid', 'NAME --lang zh validate '],
  ['NAME up --one', 'NAME up --one-by-one '],
  ['NAME ps --lang z', 'NAME ps --lang zh '],
  ['NAME plan --format te', 'NAME plan --format text '],
  ['NAME plan my', 'NAME plan my\\ config.json '],
  ['NAME down pa', 'NAME down pair '],
  ['NAME exec pair/ri', 'NAME exec pair/right '],
  ['NAME logs -f pair/le', 'NAME logs -f pair/left '],
  ['NAME rootfs cre', 'NAME rootfs create '],
  ['NAME explain chr', 'NAME explain chroot '],
  ['NAME completion fi', 'NAME completion fish '],
  // ctr completes nothing after the container's command.
  ['NAME exec pair --verb', 'NAME exec pair --verb'],
];

const screen = async () => (await tmux('capture-pane', '-p', '-t', 't')).trimEnd();

describe.each(Object.keys(shells) as (keyof typeof shells)[])('in %s', (shell) => {
  test.each(['ctr', 'ctrnet'])('%s is completed with a TAB', async (name) => {
    const { start, ready } = shells[shell];
    await tmux(
      ...['new-session', '-d', '-s', 't', '-x', '160', '-y', '40', '-c', shop.directory],
      `env PATH=${path} ${start}`,
    );
    await tmux('send-keys', '-t', 't', '-l', `${ready}; eval "$(${name} completion ${shell})"`);
    await tmux('send-keys', '-t', 't', 'Enter');
    await until(async () => /^ready>$/m.test(await screen()));
    for (const [typed, becomes] of rows) {
      await tmux('send-keys', '-t', 't', 'C-u', 'C-l');
      await until(async () => (await screen()) === 'ready>');
      await tmux('send-keys', '-t', 't', '-l', typed.replace('NAME', name));
      // The mark shows where the completed line ends.
      await tmux('send-keys', '-t', 't', 'Tab');
      await tmux('send-keys', '-t', 't', '-l', '%');
      await until(async () => (await screen()).includes('%'));
      expect((await screen()).split('\n')[0]).toBe(`ready> ${becomes.replace('NAME', name)}%`);
    }
    await tmux('kill-session', '-t', 't');
  });
});

describe('in fish', () => {
  /** The completions of fish, without descriptions. */
  async function offered(name: string, line: string): Promise<readonly string[]> {
    const words = `${name} completion fish | source; cd ${shop.directory}; complete -C '${line}'`;
    const { out } = await sh([...['env', `PATH=${path}`, 'fish', '-N', '-c'], words]);
    return out
      .split('\n')
      .map((one) => one.split('\t')[0] ?? '')
      .filter(Boolean);
  }

  test.each(['ctr', 'ctrnet'])('%s is completed', async (name) => {
    const added = rows.filter(([typed, becomes]) => typed !== becomes);
    for (const [typed, becomes] of added) {
      const word = becomes
        .trimEnd()
        .replaceAll('\\', '')
        .split(/(?<!my) /)
        .at(-1);
      expect({ typed, offered: await offered(name, typed.replace('NAME', name)) }).toEqual({
        typed,
        offered: [word],
      });
    }
    expect(await offered(name, `${name} exec pair --verb`)).toEqual([]);
    expect(await offered(name, `${name} exec pair `)).toEqual([]);
    expect(await offered(name, `${name} `)).toEqual(expect.arrayContaining(['up', 'help']));
    expect(await offered(name, `${name} sandbox ba`)).toContain('bash');
  });
});

test('ctrnet completes ctrnet alone, since ctr may be a program of somebody else', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out } = await sh([process.execPath, join(bin, 'ctrnet'), 'completion', shell]);
    expect(out).not.toMatch(/\bctr\b(?! ?\w* ?up)/);
  }
});

test('a shell that is not known is refused, with those that are', async () => {
  const { code, err } = await ctr(['completion', 'tcsh']);
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('completion fish') });
});
