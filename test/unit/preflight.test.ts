import { expect, test } from '@jest/globals';
import { freshFacts, withRootfs } from '../../rig/fresh-facts.ts';
import { parseConfig } from '../../src/config/parse.ts';
import type { Facts } from '../../src/facts/index.ts';
import { capabilityNames } from '../../src/facts/privilege.ts';
import type { Problem } from '../../src/model/errors.ts';
import { groupOf } from '../../src/model/names.ts';
import { settle } from '../../src/resolve/lab.ts';
import { preflight } from '../../src/resolve/preflight.ts';

const tutorial = {
  host_name: 'labex',
  root_dir: '/srv/labex',
  ip: '192.168.0.100/24',
  bridge_name: 'ctr0',
  bridge_ip: '192.168.0.1',
};

/** The problems of a config on a host. */
function problemsOf(config: object, facts: Partial<Facts> = {}): readonly Problem[] {
  const parsed = parseConfig(JSON.stringify(config), 'f.json');
  if (parsed.config === undefined) throw new Error(JSON.stringify(parsed.problems));
  const host = { ...withRootfs(freshFacts(), '/srv/labex'), ...facts };
  const { lab, problems } = settle(parsed.config, host);
  return [...problems, ...preflight(lab, host, []).problems];
}

test('the tutorial has no problems on a fresh host', () => {
  expect(problemsOf(tutorial)).toEqual([]);
});

test('the message for an ordinary user names sudo and the sandbox', () => {
  const [problem, ...more] = problemsOf(tutorial, {
    uid: 1000,
    missingCapabilities: capabilityNames,
  });
  expect(more).toEqual([]);
  expect(problem).toMatchObject({ code: 'H002', place: 'uid 1000' });
  expect(problem?.fix?.en).toMatch(/sudo.*--sandbox/);
});

test.each(['CAP_NET_ADMIN', 'CAP_SYS_ADMIN', 'CAP_SYS_CHROOT', 'CAP_DAC_OVERRIDE'] as const)(
  'root without %s is told its name and where it may be lost, and nothing of sudo',
  (name) => {
    const [problem, ...more] = problemsOf(tutorial, { missingCapabilities: [name] });
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ code: 'H002', place: 'uid 0' });
    for (const language of ['en', 'zh'] as const) {
      expect(problem?.message[language]).toContain(name);
      expect(problem?.fix?.[language]).toContain(`--cap-add ${name.replace('CAP_', '')}`);
      expect(problem?.fix?.[language]).toContain('CapabilityBoundingSet=');
      expect(problem?.fix?.[language]).not.toContain('sudo');
    }
  },
);

test('capabilities that only a user namespace needs are required only there', () => {
  const facts = { missingCapabilities: ['CAP_SETUID', 'CAP_CHOWN'] } as const;
  expect(problemsOf(tutorial, facts)).toEqual([]);
  const [problem] = problemsOf({ ...tutorial, user_namespace: true }, facts);
  expect(problem?.message.en).toContain('CAP_SETUID, CAP_CHOWN');
});

test('only the message about an interface of ctr’s names gc', () => {
  const plain = settle(
    parseConfig(JSON.stringify(tutorial), 'f').config as never,
    withRootfs(freshFacts(), '/srv/labex'),
  ).lab;
  const name = plain.containers[0]?.attachments[0]?.outer ?? '';
  const link = { name, kind: 'veth', mac: '', mtu: 1500, up: true, addresses: [], altnames: [] };
  const fixOf = (group: number) =>
    problemsOf(tutorial, { links: [{ ...link, group }] }).find(({ code }) => code === 'H004')?.fix;
  expect(fixOf(groupOf('labex'))?.en).toMatch(/^run ctr gc/);
  // Otherwise the run's own interface gets another name.
  expect(fixOf(0)).toBeUndefined();
  expect(fixOf(0x4354_0001)).toBeUndefined();
});
