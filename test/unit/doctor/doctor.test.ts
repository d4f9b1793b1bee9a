import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { install, parseDistribution } from '../../../src/doctor/distribution.ts';
import type { Finding, Mode } from '../../../src/doctor/finding.ts';
import { matchesBridge } from '../../../src/doctor/neighbours.ts';
import type { Report } from '../../../src/doctor/report.ts';
import { parseSecurePath } from '../../../src/doctor/secure-path.ts';
import { reportText, resultOf } from '../../../src/doctor/text.ts';
import { parseTrial } from '../../../src/doctor/trial.ts';
import { columnsOf } from '../../../src/render/columns.ts';

describe('the distribution', () => {
  test.each([
    ['ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"', 'sudo apt-get install iproute2'],
    ['NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"', 'sudo apt-get install iproute2'],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"', 'sudo dnf install iproute'],
    ['ID=arch', 'sudo pacman -S iproute2'],
    ['ID=alpine', 'sudo apk add iproute2'],
    ['ID="opensuse-leap"\nID_LIKE="suse opensuse"', 'sudo zypper install iproute2'],
    ['ID=unheard-of', 'sudo apt-get install iproute2'],
  ])('%s', (text, command) => {
    expect(install(parseDistribution(text), ['iproute2'])).toBe(command);
  });

  test('two packages that are one elsewhere are named once', () => {
    const fedora = parseDistribution('ID=fedora\nPRETTY_NAME="Fedora Linux 41"');
    expect(fedora.name).toBe('Fedora Linux 41');
    expect(install(fedora, ['mount', 'util-linux'])).toBe('sudo dnf install util-linux');
  });
});

test.each([
  ['Defaults\tsecure_path="/usr/sbin:/usr/bin:/snap/bin"\n', '/usr/sbin:/usr/bin:/snap/bin'],
  ['Defaults    secure_path = /sbin:/bin', '/sbin:/bin'],
  ['Defaults env_reset, secure_path=/sbin:/bin, mail_badpass', '/sbin:/bin'],
  ['# Defaults secure_path="/x"\nDefaults env_reset\n', undefined],
])('secure_path in %j', (text, path) => {
  expect(parseSecurePath(text)).toBe(path);
});

test.each([
  ['[Match]\nName=*\n[Network]\nDHCP=yes\n', true],
  ['[Match]\nName=en* ctr*\n\n[Network]\nDHCP=yes\n', true],
  ['[Match]\nType=ether\n', true],
  ['[Match]\nKind=bridge\nName=br0\n', false],
  ['[Match]\nName=en*\n', false],
  ['[Match]\nName=en?.[0-9]\n', false],
  ['[Match]\nMACAddress=00:11:22:33:44:55\n', false],
  ['[Match]\nDriver=veth\n[Link]\nName=ctr0\n', false],
  ['[Network]\nName=*\n', false],
])('systemd-networkd, %j', (text, matches) => {
  expect(matchesBridge(text)).toBe(matches);
});

test('what the throw-away namespace has answered', () => {
  const answers = parseTrial('\u001eveth=0\n\n\u001enetdev egress=1\nError: one\ntwo\n');
  expect(Object.fromEntries(answers)).toEqual({
    veth: { code: '0', said: '' },
    'netdev egress': { code: '1', said: 'Error: one\ntwo' },
  });
});

const area = { area: 'a', title: { en: 'a title', zh: '名称' }, examine: () => [] };

function reportWith(findings: readonly Finding[]): Report {
  const blocking = (mode: Mode) =>
    findings.filter(({ blocks = [] }) => blocks.includes(mode)).map(({ id }) => id);
  return {
    parts: [{ examination: area, findings }],
    blocked: { sandbox: blocking('sandbox'), root: blocking('root') },
    bySudo: false,
    distribution: 'Debian',
  };
}

describe('the report for people', () => {
  const bad: Finding = {
    id: 'x',
    severity: 'problem',
    says: { en: 'a sentence. '.repeat(12), zh: '这是一个比较长的句子，'.repeat(8) },
    said: 'the words of the tool',
    fixes: [
      { command: 'one', costs: { en: 'price '.repeat(20), zh: '代价'.repeat(30) } },
      { command: 'two' },
    ],
    blocks: ['root'],
  };

  test.each(['en', 'zh'] as const)('stays in 80 columns: %s', (language) => {
    const text = reportText(reportWith([bad, bad]), { language, color: false, columns: 80 });
    for (const line of text.split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(80);
    const letters =
      language === 'en' ? ['fix a  one', 'fix b  two'] : ['处理 a  one', '处理 b  two'];
    for (const letter of letters) expect(text).toContain(letter);
    expect(text).toContain('the words of the tool');
  });

  test('the result names the modes and counts', () => {
    expect(resultOf(reportWith([bad])).en).toBe(
      'sandbox mode ready, root mode not ready; 1 problem, 0 notes',
    );
    expect(resultOf({ ...reportWith([]), bySudo: true }).en).toBe(
      'sandbox mode ready, root mode ready (with sudo); 0 problems, 0 notes',
    );
    expect(resultOf(reportWith([])).zh).toBe('沙盒模式可用，root 模式可用；0 个问题，0 条提示');
  });
});

test('docs/doctor.md lists every finding', () => {
  const page = readFileSync('docs/doctor.md', 'utf8');
  const listed = new Set([...page.matchAll(/^\| `([\w-]+)`/gm)].map(([, id]) => id));
  const ids = readdirSync('src/doctor').flatMap((name) => {
    const text = readFileSync(`src/doctor/${name}`, 'utf8');
    const written = text.matchAll(
      /\bid: '([\w-]+)'|\? '((?:name|sandbox)-[a-z-]+)'|: '((?:name|sandbox)-[a-z]+)'/g,
    );
    return [...written].flatMap(([, ...found]) => found.find((id) => id !== undefined) ?? []);
  });
  expect(new Set(ids)).toContain('sandbox-refused');
  expect(new Set(ids)).toContain('with-docker');
  expect(ids.filter((id) => !listed.has(id))).toEqual([]);
});
