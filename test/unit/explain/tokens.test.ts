import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/parse.ts';
import { allTokens, explained } from '../../../src/explain/explain-command.ts';
import type { Statement } from '../../../src/explain/grammar.ts';
import type { Facts } from '../../../src/facts/index.ts';
import { compact } from '../../../src/fast/compact.ts';
import { shellLine } from '../../../src/model/command.ts';
import type { Plan } from '../../../src/model/plan.ts';
import type { Command, Step } from '../../../src/model/step.ts';
import { makePlan, wayBack } from '../../../src/plan.ts';
import { hereDocument } from '../../../src/render/input.ts';
import { renderScript } from '../../../src/render/script.ts';

const golden = new URL('../../golden', import.meta.url).pathname;
const cases = readdirSync(golden).filter((name) => existsSync(`${golden}/${name}/config.json`));

function planOf(name: string): Plan {
  const text = readFileSync(`${golden}/${name}/config.json`, 'utf8');
  const { config } = parseConfig(text, 'config.json');
  if (config === undefined) throw new Error(`${name} is no config`);
  const facts = JSON.parse(readFileSync(`${golden}/${name}/facts.json`, 'utf8')) as Facts;
  return makePlan(config, facts);
}

function typed(command: Command): string {
  const line = shellLine(command.argv);
  if (command.input === undefined) return line;
  const { opening, rest } = hereDocument(command);
  return [`${line} ${opening}`, ...rest].join('\n');
}

/** Words without a meaning in both languages. */
function unexplained(statement: Statement): readonly string[] {
  return allTokens(statement)
    .filter(({ means }) => !(means?.en && means.zh))
    .map(({ text }) => `${text}   in   ${statement.line}`);
}

const forms = { staged: (plan: Plan) => plan, fast: compact };
const every = cases.flatMap((name) =>
  (['staged', 'fast'] as const).map((form) => [name, form] as const),
);

function commandsOf(name: string, form: keyof typeof forms): readonly (readonly [Step, Command])[] {
  const plan = forms[form](planOf(name));
  return [...plan.steps, ...wayBack(plan)].flatMap((step) =>
    step.commands.map((command) => [step, command] as const),
  );
}

test('there are golden plans to explain', () => {
  expect(cases.length).toBeGreaterThan(5);
});

test.each(every)(
  '%s, %s: every word of every command is explained, there and back',
  (name, form) => {
    const commands = commandsOf(name, form);
    expect(commands.length).toBeGreaterThan(10);
    for (const [, command] of commands) {
      const all = explained(typed(command));
      expect(all.length).toBeGreaterThan(0);
      expect(all.flatMap(({ statement }) => unexplained(statement))).toEqual([]);
      expect(all.flatMap(({ limits }) => limits)).toEqual([]);
    }
  },
);

test.each(every)('%s, %s: a command is seen in its own step', (name, form) => {
  const strays = commandsOf(name, form).flatMap(([{ id }, command]) => {
    const [first] = explained(typed(command));
    return first?.steps.includes(id) ? [] : `${id}: ${shellLine(command.argv)}`;
  });
  expect(strays).toEqual([]);
});

test.each(every)('%s, %s: every word of the whole script is explained', (name, form) => {
  const plan = forms[form](planOf(name));
  const withTerminal = forms[form]({ ...planOf(name) });
  const script = renderScript(plan, {
    language: 'en',
    color: false,
    title: 'config.json',
    onTerminal: withTerminal,
  });
  const all = explained(script);
  expect(all.length).toBeGreaterThan(60);
  expect(all.flatMap(({ statement }) => unexplained(statement))).toEqual([]);
});

test('no word of a command gets lost on the way to its explanation', () => {
  for (const [, command] of commandsOf('everything', 'staged')) {
    const [first] = explained(shellLine(command.argv));
    expect(first?.statement.line).toBe(shellLine(command.argv));
  }
});

test('words that ctr does not know are named, with the program that they belong to', () => {
  expect(explained('ip link set dev eth0 sideways on')[0]?.limits[0]?.en).toBe(
    'ctr does not know the word sideways of ip',
  );
  expect(explained('iptables -A FORWARD --sideways')[0]?.limits.map(({ en }) => en)).toEqual([
    'ctr does not know the option --sideways of iptables',
  ]);
  expect(explained('tc qdisc -X')[0]?.limits.map(({ en }) => en)).toEqual([
    'ctr does not know the word qdisc of tc',
    'ctr does not know the option -X of tc',
  ]);
});

test.each([
  'ip a',
  'ip -br l',
  'ip r get 1.1.1.1',
  'ip -n blue route add 10.0.0.0/8 via 192.168.1.1 dev eth0 metric 50',
  'ip link add vxlan7 type vxlan id 7 dev eth0 remote 10.0.0.2 dstport 4789',
  'iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 192.168.0.100:80',
  'iptables -A FORWARD -m conntrack --ctstate=NEW -j DROP',
  'nft add rule ip nat postrouting ip saddr 192.168.0.0/24 oifname != "br0" counter masquerade',
  'sudo nsenter -t 4711 -n ip addr',
  'unshare -Urn --mount-proc -pf bash',
])('pasted: %s is known word by word', (line) => {
  const [first] = explained(line);
  expect(first?.limits).toEqual([]);
});

test('a value is explained by what it is', () => {
  const means = (line: string, text: string) =>
    explained(line)
      .flatMap(({ statement }) => allTokens(statement))
      .find((token) => token.text === text)?.means?.en;
  const rule =
    'iptables -t nat -A POSTROUTING -s 192.168.0.0/24 -m comment --comment ctr:ctr0 -j MASQUERADE';
  expect(means(rule, '192.168.0.0/24')).toBe(
    "the containers' subnet: the addresses 192.168.0.0 to 192.168.0.255",
  );
  expect(means(rule, 'ctr:ctr0')).toMatch(/^our mark/);
  const link = 'ip link add name x address 02:42:ac:11:00:02 group 1129578496 type bridge';
  expect(means(link, '02:42:ac:11:00:02')).toMatch(/^a locally administered MAC/);
  expect(means(link, '1129578496')).toMatch(/^our mark/);
  expect(means('ip link set x address 00:1b:21:aa:bb:cc', '00:1b:21:aa:bb:cc')).toMatch(
    /manufacturer/,
  );
  expect(means('ip addr add 10.1.2.3/30 dev x', '10.1.2.3/30')).toMatch(
    /10\.1\.2\.0 to 10\.1\.2\.3/,
  );
});
