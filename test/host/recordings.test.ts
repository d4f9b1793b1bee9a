import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, ctrPath, startCtr } from '../../rig/ctr.ts';
import { asUser, copyOfCtr } from '../../rig/ordinary-user.ts';
import { sh } from '../../rig/sh.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { tutorial } from '../../rig/tutorial.ts';
import { until } from '../../rig/until.ts';
import { workshop } from '../../rig/workshop.ts';
import { parseRecording } from '../../src/recording/read.ts';
import { temporaryDirectory } from '../support/temporary.ts';

let shop: Awaited<ReturnType<typeof workshop>>;
let file: string;
const temporary = temporaryDirectory();
const secret = 'correct-horse-battery';
const steps = 17;

beforeAll(async () => {
  assertSandbox();
  shop = await workshop();
  file = shop.config(
    'tutorial',
    tutorial({ environment: { TOKEN: secret }, dns: ['203.0.113.5'] }),
  );
});
afterAll(() => shop.remove());

const path = (name: string) => join(dirname(file), name);
const read = (name: string) => parseRecording(name, readFileSync(path(name), 'utf8'));

/** ctr with no tool to be found, and none of Linux's either. */
async function withoutTools(args: readonly string[]) {
  return await sh(['env', '-i', 'PATH=', 'HOME=/nonexistent', process.execPath, ctrPath, ...args]);
}

test('a foreground run is recorded from its first step to its undo', async () => {
  const before = await snapshot();
  const ran = await ctr(['up', '--record', path('front'), file, '--', 'sh', '-c', 'echo $TOKEN']);
  expect([ran.code, ran.out]).toEqual([0, `${secret}\n`]);
  expect(ran.err).toContain(`recorded: ctr replay ${path('front')}`);
  const { header, moments, rest, cut } = read('front');
  expect(cut).toBe(false);
  expect(header.steps.length).toBe(steps);
  expect(moments.map(({ kind }) => kind)).toEqual([
    'start',
    ...header.steps.map(() => 'step'),
    'end',
  ]);
  // The kernel was read: what the steps say is there after them.
  const after = (id: string) =>
    moments[header.steps.findIndex((step) => step.id === id) + 1]?.state;
  expect(after('ensure-bridge')?.host.links.map(({ name }) => name)).toContain('ctr0');
  expect(after('raise-link')?.containers).toEqual({});
  expect(after('move-link')?.containers.labex?.links.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['lo', 'eth0']),
  );
  const { state: first } = moments[0] ?? {};
  const { state: last } = moments.at(-1) ?? {};
  expect(last?.host.links.map(({ name }) => name)).toEqual(
    first?.host.links.map(({ name }) => name),
  );
  expect(rest).toEqual([]);
  expect(await snapshot()).toBe(before);
});

test('each diff has what the step asked for, and nothing is missing', () => {
  const { header, moments } = read('front');
  for (const [index, step] of header.steps.entries()) {
    const { diff } = moments[index + 1] ?? {};
    expect([step.id, diff?.missing]).toEqual([step.id, []]);
  }
  const plugged = moments[header.steps.findIndex(({ id }) => id === 'attach-bridge') + 1]?.diff;
  expect(plugged?.changes).toContainEqual(
    expect.objectContaining({ op: 'changed', field: 'master', to: 'ctr0', cause: 'asked' }),
  );
});

test('neither environment nor files get into a recording; only its owner may read it', () => {
  const text = readFileSync(path('front'), 'utf8');
  expect(text).not.toContain(secret);
  expect(text).not.toContain('203.0.113.5"');
  expect(text).not.toContain('nameserver');
  expect(text).toContain('TOKEN=…');
  expect(statSync(path('front')).mode & 0o777).toBe(0o600);
});

test('a recording replays with every tool taken off PATH, and reports can be made', async () => {
  const shown = await withoutTools(['replay', path('front')]);
  expect([shown.code, shown.err]).toEqual([0, '']);
  expect(shown.out).toContain('RECORDING · labex · viewing step 17 of 17');
  expect(shown.out.match(/viewing step \d+ of 17/g)).toHaveLength(steps);
  writeFileSync(path('keys'), '# to the bridge, look around, and back\nn n i e g b ? q');
  const keyed = await withoutTools([
    'replay',
    path('front'),
    '--keys',
    path('keys'),
    '--lang',
    'zh',
  ]);
  expect([keyed.code, keyed.err]).toEqual([0, '']);
  expect(keyed.out).toContain('录制回放 · labex · 正在查看第 2 步，共 17 步');
  const json = await withoutTools(['replay', path('front'), '--json']);
  expect(JSON.parse(json.out).stops).toHaveLength(steps + 2);
  for (const format of ['--html', '--md', '--worksheet']) {
    const made = await withoutTools(['report', path('front'), format]);
    expect([format, made.code, made.err]).toEqual([format, 0, '']);
    expect(made.out).toContain('MASQUERADE');
    expect(made.out).not.toContain(secret);
  }
  const cast = await withoutTools(['replay', path('front'), '--cast', path('cast')]);
  expect(cast.code).toBe(0);
  const [header, ...events] = readFileSync(path('cast'), 'utf8').trim().split('\n');
  expect(JSON.parse(header ?? '')).toMatchObject({ version: 2 });
  expect(events.filter((line) => JSON.parse(line)[1] === 'm')).toHaveLength(steps + 2);
});

test('a detached run is recorded until it is up, also in a sandbox host of its own', async () => {
  const up = await ctr(['up', '-d', '--sandbox', '--record', path('back'), file, 'sleep', '60']);
  expect(up.code).toBe(0);
  const { header, moments, rest } = read('back');
  expect(header.place).toBe('sandbox');
  expect(moments.filter(({ kind }) => kind === 'step')).toHaveLength(header.steps.length);
  expect(rest.map(({ event }) => event.event)).toEqual(['ready']);
  expect((await ctr(['down', 'labex'])).code).toBe(0);
});

test('the fast plan is recorded step by step as well', async () => {
  const up = await ctr(['up', '--fast', '--record', path('fast'), file, '--', 'true']);
  expect(up.code).toBe(0);
  const { header, moments } = read('fast');
  expect(header.fast).toBe(true);
  expect(moments.map(({ step }) => step)).toEqual(
    moments.map(({ step }) => step).toSorted((one, other) => one - other),
  );
  expect(readFileSync(path('fast'), 'utf8')).not.toContain(secret);
});

test('after a kill -9 what was recorded can be read', async () => {
  const running = startCtr(['up', '--record', path('killed'), file, '--', 'sleep', '60']);
  await until(async () => {
    try {
      return readFileSync(path('killed'), 'utf8').includes('"moment":"step","step":4');
    } catch {
      return false;
    }
  });
  running.kill('SIGKILL');
  await running;
  const { moments } = read('killed');
  expect(moments.length).toBeGreaterThan(4);
  const shown = await withoutTools(['replay', path('killed')]);
  expect(shown.code).toBe(0);
  expect(shown.out).toContain('viewing step 4 of 17');
  await ctr(['down', '--all']);
  await ctr(['gc']);
});

test('a run that fails is recorded with what failed, and what was undone', async () => {
  const broken = `mount -t tmpfs none /usr/local/sbin
    cat >/usr/local/sbin/iptables <<'END'
#!/bin/sh
case "$*" in *-A*MASQUERADE*) echo 'no chain/target/match by that name' >&2; exit 4 ;; esac
exec /usr/sbin/iptables "$@"
END
    chmod +x /usr/local/sbin/iptables; exec "$@"`;
  const up = [process.execPath, ctrPath, 'up', '--record', path('failed'), file, '--', 'true'];
  const ran = await ctr(['sandbox', '--', 'sh', '-c', broken, 'sh', ...up]);
  expect([ran.code, ran.err]).toEqual([5, ran.err]);
  const { header } = read('failed');
  const shown = await withoutTools(['replay', path('failed')]);
  const at = header.steps.findIndex(({ id }) => id === 'masquerade') + 1;
  expect(shown.out).toContain(`viewing step ${at} of 17`);
  expect(shown.out).not.toContain(`viewing step ${at + 1} of 17`);
  expect(shown.out).toContain('this step failed\n    no chain/target/match by that name');
  expect(shown.out).toMatch(/after everything was undone[\s\S]*↩ ip link del dev ctr0/);
});

test('a run that is refused leaves no recording, and leaves an older one as it is', async () => {
  const bad = shop.config('bad', tutorial({ host_name: 'bad', command: ['/nosuch'] }));
  const refused = await ctr(['up', '--record', path('refused'), bad]);
  expect(refused.code).toBe(127);
  const shown = await withoutTools(['replay', path('refused')]);
  expect(shown.code).toBe(2);
  expect(shown.err).toContain('no such file or directory');
  const older = readFileSync(path('fast'), 'utf8');
  expect((await ctr(['up', '--record', path('fast'), bad])).code).toBe(127);
  expect(readFileSync(path('fast'), 'utf8')).toBe(older);
});

test('a file that cannot be written is told before anything runs', async () => {
  const before = await snapshot();
  for (const flags of [[], ['--sandbox']]) {
    const ran = await ctr(['up', ...flags, '--record', '/nonexistent/x', file, '--', 'true']);
    expect(ran.code).toBe(4);
    expect(ran.err).toContain('cannot write the recording /nonexistent/x');
  }
  expect(await snapshot()).toBe(before);
});

test('the demo is recorded, the last ten are kept, and replay finds the newest', async () => {
  const state = path('state');
  mkdirSync(join(state, 'ctr/recordings'), { recursive: true });
  for (let one = 10; one < 22; one += 1) {
    writeFileSync(join(state, `ctr/recordings/20250101-0000000${one}-labex.ctr.ndjson`), 'old\n');
  }
  const as = ['env', `XDG_STATE_HOME=${state}`, process.execPath, ctrPath];
  const ran = await sh([...as, 'demo']);
  expect(ran.code).toBe(0);
  expect(ran.err).toContain('It was recorded. Step through it: ctr replay.');
  const names = (await sh(['ls', join(state, 'ctr/recordings')])).out.trim().split('\n');
  expect(names).toHaveLength(10);
  const shown = await sh([...as, 'replay']);
  expect(shown.out).toContain('RECORDING · labex · viewing step 17 of 17');
});

test('where no sandbox host can be made, the demo plays its recording and says so', async () => {
  // The other user reads it.
  const home = temporary;
  chmodSync(home, 0o755);
  mkdirSync(join(home, 'examples'), { recursive: true });
  copyFileSync('examples/tutorial.ctr.ndjson', join(home, 'examples/tutorial.ctr.ndjson'));
  const program = copyOfCtr(home);
  const set =
    'echo 1 >/proc/sys/user/max_user_namespaces; exec unshare --user --map-user=1000 --map-group=1000 "$@"';
  const enter = ['unshare', '--user', '--map-root-user', 'sh', '-c', set, 'limited'];
  const ran = await sh([...asUser, ...enter, ...program, 'demo']);
  expect(ran.code).toBe(0);
  expect(ran.err).toContain('This is a RECORDING of the demo, made on another machine.');
  expect(ran.out.match(/viewing step \d+ of 17/g)).toHaveLength(steps);
});
