import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { asUser } from '../../rig/ordinary-user.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';
import { everyPlace, type Place } from '../support/places.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;
let all: Awaited<ReturnType<typeof everyPlace>>;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config('tutorial', tutorial());
  all = await everyPlace(shop);
});
afterAll(() => {
  all.end();
  shop.remove();
});

const slow = 60_000;
const names = [
  'root on the host',
  'root with --sandbox',
  'an ordinary user',
  'root inside ctr sandbox',
] as const;

function place(name: string): Place {
  const found = all.places.find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

async function isListed({ ctr }: Place): Promise<boolean> {
  return / running /.test((await ctr(['ps'])).out);
}

/** The verbs that concern a running run, with exit codes and outputs. */
const verbs: readonly (readonly [words: readonly string[], code: number, out: RegExp])[] = [
  [['ps'], 0, /^labex +labex +running +\d+ /m],
  [['--json', 'ps'], 0, /"labex"/],
  [['inspect', 'labex'], 0, /192\.168\.0\.100\/16/],
  [['--json', 'inspect', 'labex'], 0, /"192\.168\.0\.100\/16"/],
  [['exec', 'labex', '--', 'sh', '-c', 'hostname; exit 9'], 9, /^labex\n$/],
  [['exec', 'labex', '--', '/bin/nosuch'], 127, /^$/],
  [
    ['check', 'labex'],
    0,
    /✔ labex: eth0: other end of veth[\w-]+, address 192\.168\.0\.100\/16, up/,
  ],
  [['repair', 'labex'], 0, /^$/],
  [['logs', 'labex'], 0, /^/],
  [['gc', '--dry-run'], 0, /^$/],
  [['gc'], 0, /^$/],
  [['inspect', 'nobody'], 2, /^$/],
  [['check', 'nobody'], 2, /^$/],
  [['repair', 'nobody'], 2, /^$/],
  [['logs', 'nobody'], 2, /^$/],
  [['exec', 'nobody'], 125, /^$/],
  [['exec', 'labex/nobody'], 125, /^$/],
  [['down', 'nobody'], 2, /^$/],
];

/** Lines of other tools' messages, which ctr must wrap in its own. */
const raw = /^(?:nsenter|unshare|flock|mount|ip|sh|cat|RTNETLINK|Error|node:|\s+at )/m;

async function expectEveryVerb(here: Place): Promise<void> {
  for (const [words, code, out] of verbs) {
    const ran = await here.ctr(words);
    expect({ words, code: ran.code, err: ran.err }).toMatchObject({ words, code });
    expect(ran.out).toMatch(out);
    expect(ran.err.replaceAll(/^.*nosuch.*$/gm, '')).not.toMatch(raw);
  }
  for (const flags of [[], ['-d']]) {
    const again = await here.ctr(['up', ...here.upFlags, ...flags, file]);
    expect(again.err).toContain('H003');
    expect(again.code).toBe(4);
  }
}

describe.each(names)('%s', (name) => {
  test(
    'every verb reaches a detached run, and nothing is left',
    async () => {
      const here = place(name);
      const before = await snapshot();
      const up = await here.ctr(['-q', 'up', '-d', ...here.upFlags, file]);
      expect(up).toMatchObject({ code: 0, out: 'labex\n' });
      await expectEveryVerb(here);
      expect((await here.ctr(['-q', 'down', 'labex'])).code).toBe(0);
      expect(await isListed(here)).toBe(false);
      expect(await snapshot()).toBe(before);
    },
    slow,
  );

  test(
    'every verb reaches a run in the foreground of another terminal, and nothing is left',
    async () => {
      const here = place(name);
      const before = await snapshot();
      const ended = here.ctr(['-q', 'up', ...here.upFlags, file, 'sleep', '300']);
      await until(() => isListed(here), 30_000);
      await expectEveryVerb(here);
      expect((await here.ctr(['-q', 'down', '--all'])).code).toBe(0);
      expect((await ended).code).toBe(137);
      expect(await isListed(here)).toBe(false);
      expect(await snapshot()).toBe(before);
    },
    slow,
  );

  test(
    'the pids that are shown are those of this machine',
    async () => {
      const here = place(name);
      await here.ctr(['-q', 'up', '-d', ...here.upFlags, file, 'sleep', '4711']);
      const shown = await here.ctr(['inspect', 'labex']);
      const pid = /^pid +(\d+)$/m.exec(shown.out)?.[1] ?? 'none';
      const byHand = /^by hand +(.*)$/m.exec(shown.out)?.[1] ?? 'none';
      const look = ['sh', '-c', `tr "\\0" " " </proc/${pid}/cmdline; ${byHand}`];
      const prefix = name === 'root inside ctr sandbox' ? all.enter : [];
      const seen = await sh([...prefix, ...look]);
      expect(seen.out).toMatch(/^sleep 4711 /);
      expect(seen.out).toContain('192.168.0.100/16');
      expect((await here.ctr(['ps'])).out).toContain(` ${pid} `);
      await here.ctr(['-q', 'down', 'labex']);
    },
    slow,
  );

  test(
    'a sandbox or a container that is killed is gone for every verb, and leaves nothing',
    async () => {
      const here = place(name);
      const before = await snapshot();
      await here.ctr(['-q', 'up', '-d', ...here.upFlags, file]);
      const shown = (await here.ctr(['inspect', 'labex'])).out;
      const victim = /first process (\d+)/.exec(shown)?.[1] ?? /^pid +(\d+)$/m.exec(shown)?.[1];
      const prefix = name === 'root inside ctr sandbox' ? all.enter : [];
      await sh([...prefix, 'kill', '-9', String(victim)]);
      await until(async () => !(await isListed(here)), 30_000);
      await here.ctr(['-q', 'down', 'labex']);
      expect((await here.ctr(['inspect', 'labex'])).code).toBe(2);
      expect(await snapshot()).toBe(before);
    },
    slow,
  );
});

/** The verbs that do not concern a run, with exit codes. */
const others: readonly (readonly [words: (file: string) => readonly string[], code: number])[] = [
  [(file) => ['plan', file], 0],
  [(file) => ['plan', '--sandbox', file], 0],
  [(file) => ['up', '--dry-run', file], 0],
  [(file) => ['validate', file], 0],
  [() => ['schema'], 0],
  [() => ['init', '-'], 0],
  [() => ['version'], 0],
  [() => ['explain'], 0],
  [() => ['sandbox', '--', 'sh', '-c', 'exit 3'], 3],
  [() => ['demo'], 0],
  [() => ['down', '--all'], 0],
  [() => ['ps'], 0],
  [() => ['gc'], 0],
  [() => ['nosuch'], 2],
];

test.each(names)(
  'the verbs that are about no run work for %s, and leave nothing',
  async (name) => {
    const here = place(name);
    const before = await snapshot();
    for (const [wordsFor, code] of others) {
      const words = wordsFor(file);
      const ran = await here.ctr(words);
      expect({ words, code: ran.code, err: ran.err }).toMatchObject({ words, code });
      expect(ran.err).not.toMatch(raw);
    }
    expect(await snapshot()).toBe(before);
  },
  slow,
);

test(
  'root and a user have runs of one name beside each other, and neither is taken for the other',
  async () => {
    const before = await snapshot();
    const [root, user] = [place('root on the host'), place('an ordinary user')];
    await root.ctr(['-q', 'up', '-d', file]);
    expect((await user.ctr(['down', 'labex'])).err).toContain('sudo ctr');
    expect((await user.ctr(['exec', 'labex'])).err).toContain('belongs to root');
    expect((await user.ctr(['-q', 'up', '-d', file])).code).toBe(0);
    expect((await user.ctr(['-q', 'down', 'labex'])).code).toBe(0);
    expect(await isListed(root)).toBe(true);
    await root.ctr(['-q', 'down', 'labex']);
    expect(await snapshot()).toBe(before);
  },
  slow,
);

test(
  'a process of somebody else that says it is a sandbox host is not entered',
  async () => {
    const root = place('root on the host');
    const fake = ['sh', '-c', 'sleep 20; true', 'ctr-sandbox', 'stay', 'labex', '-'];
    const own = ['unshare', '--user', '--map-root-user', '--net', '--pid', '--fork'];
    const ended = sh([...asUser, 'timeout', '5', ...own, ...fake]);
    await until(
      async () => (await sh(['ps', 'ax'])).out.includes('ctr-sandbox stay labex'),
      10_000,
    );
    expect((await root.ctr(['ps'])).out).not.toContain('labex');
    expect((await root.ctr(['exec', 'labex'])).code).toBe(125);
    await ended;
  },
  slow,
);
