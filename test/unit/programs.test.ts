import { expect, test } from '@jest/globals';
import { freshFacts, withRootfs } from '../../rig/fresh-facts.ts';
import { tutorialConfig } from '../../rig/tutorial-config.ts';
import type { Facts } from '../../src/facts/index.ts';
import { neededTools } from '../../src/facts/needed-tools.ts';
import { cmd, pidOf } from '../../src/model/command.ts';
import { gate } from '../../src/model/gate.ts';
import { programsOf } from '../../src/model/programs.ts';
import { settle } from '../../src/resolve/lab.ts';
import { preflight } from '../../src/resolve/preflight.ts';
import { judge } from '../../src/run/prepare.ts';

const facts = withRootfs(freshFacts(), '/srv/labex');

function startedBy(argv: readonly unknown[], input?: string): readonly string[] {
  const text = input === undefined ? {} : { input };
  return programsOf({ argv: argv as never, makes: [], ...text });
}

test.each<[readonly unknown[], readonly string[]]>([
  [cmd`ip link set dev setsid up`, ['ip']],
  [cmd`nsenter --target ${pidOf('web')} --net --root=/ tc qdisc show`, ['nsenter', 'tc']],
  [
    cmd`env -i PATH=/bin A=b setsid setpriv --pdeathsig KILL --no-new-privs keyctl session - unshare --fork --net --propagation private true`,
    ['env', 'setsid', 'setpriv', 'keyctl', 'unshare', 'true'],
  ],
  [
    cmd`sh -euc ${'echo 0 >"$0"; exec "$@"'} /sys/fs/cgroup/x/cgroup.procs setpriv tc`,
    ['sh', 'setpriv', 'tc'],
  ],
  [cmd`sh -c ${`${gate}exec "$@"`} mark / busybox sh`, ['sh']],
  [
    cmd`script --quiet --echo always --command ${"exec setsid sh -euc 'tc qdisc; ln -s a b' 6>&2"} /dev/null`,
    ['script', 'setsid', 'sh', 'tc', 'ln'],
  ],
  [
    cmd`sh -euc ${'cd /x; [ -k . ]; for file in tee cat; do : >"$file"; done; cp a b 2>/dev/null || { rm -f c; A=1 mv d e; } && if test -e f; then chown 0 g; fi'}`,
    ['sh', 'cp', 'rm', 'mv', 'chown'],
  ],
  [
    cmd`sh -euc ${'echo "tc; rm" \'a; b\' \\; c | tr a b >out; "$tool" x; /bin/own y'}`,
    ['sh', 'tr'],
  ],
])('%j starts %j', (argv, programs) => {
  expect(startedBy(argv)).toEqual(programs);
});

test('a script on standard input counts, what it hands to other programs does not', () => {
  const script = "ip -batch - <<'IP'\nlink del dev rm\nIP\nmount a b\nhostname x\n";
  expect(startedBy(cmd`nsenter --target 1 --mount sh -eu -s 1`, script)).toEqual([
    ...['nsenter', 'sh', 'ip', 'mount', 'hostname'],
  ]);
  expect(startedBy(cmd`ip -batch -`, 'link del dev rm\n')).toEqual(['ip']);
});

async function missing(fast: boolean, tools: Facts['tools']): Promise<readonly string[]> {
  const { problems } = await judge(tutorialConfig, { ...facts, tools }, fast);
  return problems.filter(({ code }) => code === 'H001').map(({ place = '' }) => place);
}

test('a tool is missed where the plan starts it, and nowhere else', async () => {
  const without = (name: string) => ({ ...facts.tools, [name]: null });
  expect(await missing(false, facts.tools)).toEqual([]);
  // The fast plan writes its files in one shell.
  expect(await missing(false, without('tee'))).toEqual(['tee']);
  expect(await missing(true, without('tee'))).toEqual([]);
  // In the text of a shell, on the way back, and what ctr itself starts.
  for (const tool of ['cp', 'iptables-restore', 'flock']) {
    expect(await missing(false, without(tool))).toEqual([tool]);
  }
});

test('one that nobody has looked up is told too; what older facts do not tell is not', async () => {
  const { lab } = settle(tutorialConfig, facts);
  expect(neededTools).not.toContain('tc');
  expect(preflight(lab, facts, ['tc', 'ip']).problems).toMatchObject([
    { code: 'H001', place: 'tc', fix: { en: 'install the package that has tc' } },
  ]);
  const { cp: _, ...older } = facts.tools;
  expect(await missing(false, older)).toEqual([]);
});
