import { expect, test } from '@jest/globals';
import { explained } from '../../../src/explain/explain-command.ts';
import { explainCommand } from '../../../src/explain/knowledge.ts';
import { columnsOf } from '../../../src/render/columns.ts';

test('lines lead from the words down to their meanings', () => {
  expect(explainCommand('ip link set dev veth-web up', 'en', 80).slice(0, 7)).toEqual([
    'ip link set dev veth-web up',
    '│  │    │   │   │        └ switch it on (administratively)',
    '│  │    │   │   └ veth-web, an end of a veth pair',
    '│  │    │   └ the next word is the interface',
    '│  │    └ change something about it',
    '│  └ object: network interfaces (layer 2)',
    '└ iproute2, the tool that talks to the kernel about networks (over netlink)',
  ]);
});

test('words that are separate already are explained like a line', () => {
  const words = ['ip', 'link', 'set', 'dev', 'veth-web', 'up'];
  expect(explainCommand(words, 'zh', 80)).toEqual(explainCommand(words.join(' '), 'zh', 80));
});

const long =
  'env -i PATH=/bin setsid setpriv --pdeathsig KILL unshare --fork --net sh -euc \'cd /mnt; mkdir -p 一个很长的目录 && exec "$@"\' sh ip link';

test.each([
  ['en', 100],
  ['en', 80],
  ['zh', 80],
  ['zh', 60],
  ['en', 59],
  ['zh', 40],
  ['en', 30],
] as const)('%s in %i columns: no line is wider, and every word is there', (language, width) => {
  const lines = explainCommand(long, language, width);
  for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(width);
  for (const { text } of explained('setpriv --pdeathsig KILL unshare')[0]?.statement.tokens ?? []) {
    expect(lines.join('\n')).toContain(text);
  }
});

test('below 60 columns it is a plain list', () => {
  expect(explainCommand('ip link', 'en', 59).join('\n')).not.toMatch(/[│└]/);
  expect(explainCommand('ip link', 'en', 60).join('\n')).toMatch(/└/);
});

test('below the words stand the undo, the step, and where the kernel looks at a rule', () => {
  const rule = 'iptables -t nat -A POSTROUTING -s 192.168.10.0/24 ! -o br0 -j MASQUERADE';
  const [one] = explained(rule);
  expect(one).toMatchObject({
    undo: { command: rule.replace('-A', '-D') },
    steps: ['masquerade'],
    hooks: 'in → PREROUTING → (route) → FORWARD → [POSTROUTING] → out',
  });
});

test.each([
  ['ip link add name br0 type bridge', 'ip link del dev br0'],
  ['ip addr add 10.0.0.1/24 broadcast + dev br0', 'ip addr del 10.0.0.1/24 dev br0'],
  ['ip link set dev veth-web up', 'ip link set dev veth-web down'],
  ['ip link set dev veth-web master br0', 'ip link set dev veth-web nomaster'],
  [
    'ip link set dev vethc netns 4711 name eth0',
    'nsenter --target 4711 --net ip link set dev eth0 netns 1 name vethc',
  ],
  [
    'nsenter --target "$web_pid" --net ip route add default via 10.0.0.1',
    'nsenter --target "$web_pid" --net ip route del default via 10.0.0.1',
  ],
  ['iptables -I FORWARD 1 -i br0 -j ACCEPT', 'iptables -D FORWARD -i br0 -j ACCEPT'],
  ['mkdir /sys/fs/cgroup/x', 'rmdir /sys/fs/cgroup/x'],
])('%s is undone by %s', (line, undo) => {
  expect(explained(line)[0]?.undo).toEqual({ command: undo });
});

test('what a pasted text contains has no power over the terminal', () => {
  const lines = explainCommand('ip link set dev \u001b[31mred up', 'en', 80);
  expect(lines.join('\n')).not.toContain('\u001b');
});
