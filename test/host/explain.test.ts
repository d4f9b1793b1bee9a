import { expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr } from '../../rig/ctr.ts';
import { asUser, copyOfCtr, userId } from '../../rig/ordinary-user.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { answerFor } from '../../src/explain/answers/index.ts';
import { provocations } from '../support/provocations.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const secret = "the host's secret";

/** The output of each command of the demonstration. */
function scenes(out: string): ReadonlyMap<string, string> {
  const parts = out.split(/^# /m).slice(1);
  return new Map(
    parts.map((part) => {
      const [line = '', ...rest] = part.split('\n');
      return [line, rest.join('\n')];
    }),
  );
}

function expectEscapeAndWall(out: string): void {
  const shown = scenes(out);
  expect(shown.get('chroot labex cat /run/explain/secret')).not.toContain(secret);
  expect(shown.get('chroot labex /bin/sh /climb')).toContain(secret);
  const inside = shown.get('ctr --quiet up labex.json -- /bin/sh /climb');
  expect(inside).toContain('at the top: /bin /climb');
  expect(inside).not.toContain(secret);
}

test('explain chroot shows a real escape from a chroot, and that it fails in a container', async () => {
  assertSandbox();
  const before = await snapshot();
  const told = await ctr(['explain', 'chroot']);
  expect(told.code).toBe(0);
  expectEscapeAndWall(told.out);
  expect(await snapshot()).toBe(before);
});

const directory = temporaryDirectory();

test('it needs no root, and speaks Chinese', async () => {
  const program = copyOfCtr(directory);
  await sh(['chown', '-R', `${userId}:${userId}`, directory]);
  const told = await sh([...asUser, ...program, '--lang', 'zh', 'explain', 'chroot']);
  expect(told.out).toContain('pivot_root 改变整个挂载命名空间的根');
  expectEscapeAndWall(told.out);
});

test('explain without a topic lists the topics; an unknown topic is wrong usage', async () => {
  expect((await ctr(['explain'])).out).toContain('ctr explain chroot');
  expect(await ctr(['explain', 'nothing'])).toMatchObject({ code: 2 });
});

test('a code that ctr has printed is explained in the language of the reader', async () => {
  const english = await ctr(['explain', 'H005']);
  expect(english).toMatchObject({ code: 0, out: expect.stringContaining('What to do: ') });
  const chinese = await ctr(['--lang', 'zh', 'explain', 'h005']);
  expect(chinese).toMatchObject({ code: 0, out: expect.stringContaining('最长前缀匹配') });
  expect(await ctr(['explain', 'H05'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('ctr explain H005'),
  });
});

test.each(Object.entries(provocations))(
  'the answer %s is what a tool really says, and its entry explains it',
  async (name, text) => {
    assertSandbox();
    const alone = ['unshare', '--net', '--mount', '--propagation', 'private', 'sh', '-c', text];
    const { out, err } = await sh(alone);
    expect([answerFor(`${out}${err}`)?.[0], `${out}${err}`]).toEqual([name, expect.any(String)]);
    const told = await ctr(['explain', '-'], `${out}${err}`);
    expect(told).toMatchObject({ code: 0, out: expect.stringContaining('What to do: ') });
  },
);

test('--netlink shows the messages that a step really sends', async () => {
  const before = await snapshot();
  const move = await ctr(['explain', 'move-link', '--netlink']);
  expect(move).toMatchObject({ code: 0, err: '' });
  expect(move.out).toMatch(
    /RTM_NEWLINK .*\n.*veth6eaac7cfd0c.*\n +IFLA_NET_NS_PID +\d+\n +IFLA_IFNAME +"eth0"/,
  );
  const address = await ctr(['explain', 'configure-address', '--netlink']);
  expect(address.out).toMatch(
    /RTM_NEWADDR .*\n(?: .*\n)* +IFA_LOCAL +inet_addr\("192\.168\.0\.100"\)/,
  );
  const firewall = await ctr(['explain', 'open-firewall', '--netlink']);
  expect(firewall.out).toMatch(/NFT_MSG_NEWRULE .*\n(?: .*\n)*.*MASQUERADE/);
  const mounts = await ctr(['explain', 'mount-root', '--netlink']);
  expect(mounts).toMatchObject({ code: 0, out: expect.stringContaining('no netlink message') });
  expect(await snapshot()).toBe(before);
});

test.each(['tutorial', 'two-containers', 'everything'])(
  'every line of the scripts of examples/%s.json is explained, in both languages',
  async (name) => {
    for (const fast of [[], ['--fast']]) {
      const config = `examples/${name}.json`;
      const script = await ctr(['plan', config, '--sandbox', '--format', 'sh', ...fast]);
      expect(script.out).toMatch(/^#!/);
      const { out } = await ctr(['--json', 'explain', '-'], script.out);
      const { commands } = JSON.parse(out) as {
        commands: {
          statements: { words: { text: string; means: { en: string; zh: string } | null }[] }[];
        }[];
      };
      const words = commands.flatMap(({ statements }) => statements.flatMap((one) => one.words));
      expect(words.length).toBeGreaterThan(500);
      expect(words.filter(({ means }) => !(means?.en && means.zh))).toEqual([]);
    }
  },
);
