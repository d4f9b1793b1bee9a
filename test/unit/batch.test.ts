import { expect, test } from '@jest/globals';
import { culprit, fuse, joined } from '../../src/model/batch.ts';
import { type Argv, cmd, fillInput, pidOf } from '../../src/model/command.ts';
import { type Command, madeBy } from '../../src/model/step.ts';
import { enter } from '../../src/model/where.ts';

const run = (argv: Argv): Command => ({ argv, makes: [] });
const link = (name: string): Command => ({
  argv: cmd`ip link add name ${name} type bridge`,
  makes: [{ kind: 'link', name, group: 7 }],
});
const inside = (container: string): Command => ({
  ...enter(container, ['net'], cmd`ip link set dev lo up`),
  makes: [],
});

const told = (stderr: string) => ({ stdout: '', stderr });

test('consecutive commands of one tool in one namespace are joined, others are not', () => {
  const commands = [
    link('a'),
    link('b'),
    inside('web'),
    inside('web'),
    inside('db'),
    run(cmd`sysctl -qw a=1`),
    run(cmd`sysctl -qw b=1`),
    run(cmd`true`),
    run(cmd`ip -j addr show`),
    link('c'),
  ];
  expect(fuse(commands).map((group) => group.length)).toEqual([2, 2, 1, 2, 1, 1, 1]);
});

test('a command with input, a gate or a start is never part of a batch', () => {
  const commands: Command[] = [
    { argv: cmd`ip link show`, input: 'x', makes: [] },
    { argv: cmd`ip link show`, gates: ['web'], makes: [] },
    { argv: cmd`ip link show`, starts: 'web', makes: [] },
    joined([link('a'), link('b')]),
  ];
  expect(fuse(commands).map((group) => group.length)).toEqual([1, 1, 1, 1]);
});

test('ip reads its commands from standard input, each with its pid, and each keeps what it makes', () => {
  const batch = joined([inside('web'), inside('web')]);
  expect(batch.argv).toEqual(cmd`nsenter --target ${pidOf('web')} --net ip -batch -`);
  const moved = joined([link('a'), run(cmd`ip link set dev a netns ${pidOf('web')}`)]);
  expect(fillInput(moved.input ?? '', new Map([['web', 42]]))).toBe(
    'link add name a type bridge\nlink set dev a netns 42\n',
  );
  expect(madeBy(moved)).toEqual([{ kind: 'link', name: 'a', group: 7 }]);
});

test('rules go into one transaction per table, in their order', () => {
  const batch = joined([
    run(cmd`iptables -w 5 -t filter -I FORWARD -j ACCEPT`),
    run(cmd`iptables -w 5 -t nat -A POSTROUTING -j MASQUERADE`),
    run(cmd`iptables -w 5 -t filter -I FORWARD -j DROP`),
  ]);
  expect(fillInput(batch.input ?? '', new Map())).toBe(
    '*filter\n-I FORWARD -j ACCEPT\n-I FORWARD -j DROP\nCOMMIT\n*nat\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n',
  );
});

test('commands that one process cannot execute are not joined', () => {
  expect(() => joined([link('a'), run(cmd`true`)])).toThrow('one process');
  expect(() => joined([inside('web'), inside('db')])).toThrow('one process');
});

test('the failed command is the one whose line the tool names', () => {
  const links = joined([link('a'), link('b'), link('c')]);
  expect(culprit(links, told('RTNETLINK answers: File exists\nCommand failed -:2\n'))).toBe(1);
  expect(culprit(links, told('something else'))).toBeUndefined();
  const rules = joined([
    run(cmd`iptables -w 5 -t filter -D FORWARD -j ACCEPT`),
    run(cmd`iptables -w 5 -t nat -D POSTROUTING -j MASQUERADE`),
  ]);
  expect(culprit(rules, told('iptables-restore: line 5 failed: Bad rule'))).toBe(1);
  expect(culprit(rules, told('Error occurred at line: 2'))).toBe(0);
  expect(culprit(rules, told('iptables-restore: line 6 failed'))).toBeUndefined();
});

test('one shell makes several visits, each with its own pid and script, and counts them', async () => {
  const visit = (container: string, input: string): Command => ({
    ...enter(container, ['net'], cmd`sh -eu -s ${pidOf(container)}`),
    input,
    makes: [],
  });
  const batch = joined([visit('web', 'echo one\n'), visit('db', 'VISIT\n')]);
  expect(batch.argv).toEqual(cmd`sh -eu -s ${pidOf('web')} ${pidOf('db')}`);
  expect(batch.input).toBe(
    [
      `nsenter --target "\${1}" --net sh -eu -s "\${1}" >/dev/null <<'VISIT'`,
      'echo one',
      'VISIT',
      'echo visited',
      `nsenter --target "\${2}" --net sh -eu -s "\${2}" >/dev/null <<'VISIT_'`,
      'VISIT',
      'VISIT_',
      'echo visited',
      '',
    ].join('\n'),
  );
  expect(culprit(batch, { stdout: 'visited\n', stderr: 'mount: no' })).toBe(1);
});

test('commands for a namespace, and those without a script, are visits, too', () => {
  const addresses = (container: string) => joined([inside(container), inside(container)]);
  const batch = joined([addresses('web'), addresses('db')]);
  expect(batch.argv).toEqual(cmd`sh -eu -s ${pidOf('web')} ${pidOf('db')}`);
  expect(batch.input).toBe(
    ['1', '2']
      .map((pid) =>
        [
          `nsenter --target "\${${pid}}" --net ip -batch - >/dev/null <<'VISIT'`,
          'link set dev lo up',
          'link set dev lo up',
          'VISIT',
          'echo visited\n',
        ].join('\n'),
      )
      .join(''),
  );
  const pid = pidOf('web');
  const last = joined([
    {
      ...enter('web', ['mount'], cmd`umount --lazy /proc/${pid}/root/old`, true),
      makes: [],
    },
    run(cmd`test -e /proc/${pid}/root/new`),
  ]);
  expect(last.argv).toEqual(cmd`sh -eu -s ${pid} ${pid}`);
  expect(last.input).toBe(
    [
      `nsenter --target "\${1}" --mount --root=/ --wd=/ umount --lazy "/proc/\${1}/root/old" >/dev/null`,
      'echo visited',
      `test -e "/proc/\${2}/root/new" >/dev/null`,
      'echo visited',
      '',
    ].join('\n'),
  );
  expect(culprit(last, { stdout: 'visited\n', stderr: '' })).toBe(1);
});

test('the number of visits of a shell is limited', () => {
  const visits = Array.from({ length: 50 }, () => run(cmd`test -e /proc/${pidOf('web')}/root`));
  expect(fuse(visits).map((group) => group.length)).toEqual([20, 20, 10]);
});
