import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/parse.ts';
import { compact } from '../../../src/fast/compact.ts';
import { shellLine } from '../../../src/model/command.ts';
import type { Failure } from '../../../src/model/events.ts';
import { makePlan } from '../../../src/plan.ts';
import { renderScript } from '../../../src/render/script.ts';
import type { Snapshot } from '../../../src/snapshot/snapshot.ts';
import { goldenCases } from '../../support/golden-cases.ts';
import { emptyNetwork, recordPlan, textOf } from '../../support/recorded.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const directory = temporaryDirectory();
const [, facts] = goldenCases.everything ?? [];

/** Each stands in an environment, or in a file of the container. */
const secrets = [
  'hunter2',
  "it's a secret",
  'two\nlines',
  'from-dotenv',
  '203.0.113.53',
  'corp.internal',
  'ndots:7',
  'vault.internal',
  '203.0.113.99',
];

const environment = {
  TOKEN: 'hunter2',
  QUOTED: "it's a secret",
  LINES: 'two\nlines',
  // sh itself sets this one: it goes another way to the command.
  BASH_SECRET: 'from-dotenv',
};

const config = {
  version: 1,
  name: 'lab',
  networks: {
    inside: { bridge: { name: 'br0' }, subnets: [{ subnet: '10.0.0.0/24', gateway: '10.0.0.1' }] },
  },
  containers: {
    web: {
      rootfs: '/srv/labex',
      interfaces: [{ network: 'inside' }],
      environment,
      dns: { servers: ['203.0.113.53'], search: ['corp.internal'], options: ['ndots:7'] },
      extra_hosts: { 'vault.internal': '203.0.113.99' },
    },
  },
};

const terminals = [null, 'xterm'];
const forms = ['staged', 'fast'] as const;
const cases = terminals.flatMap((terminal) => forms.map((form) => [form, terminal] as const));

test.each(cases)('%s plan, terminal %s: no secret is in a recording', async (form, terminal) => {
  const read = parseConfig(JSON.stringify(config), 'config.json');
  if (read.config === undefined || facts === undefined) throw new Error(JSON.stringify(read));
  const host = { ...facts, terminal };
  const staged = makePlan(read.config, host);
  const plan = form === 'fast' ? compact(staged) : staged;
  const script = renderScript(plan, { language: 'en', color: false, title: 'x' });
  // The test would prove nothing of what is not in the plan.
  for (const secret of secrets) {
    expect(script.replaceAll("'\\''", "'").replaceAll(/'\\+''/g, "'")).toContain(
      secret.split("'")[0],
    );
  }

  // The kernel shows the first process with its arguments, which hold the environment.
  const child = plan.steps
    .flatMap(({ commands }) => commands)
    .find(({ starts }) => starts === 'web');
  const command = (child?.argv ?? []).map(String);
  const state: Snapshot = {
    version: 1,
    host: emptyNetwork,
    containers: {
      web: {
        ...emptyNetwork,
        process: { pid: 1, start: '', command, hostname: 'web', mounts: [] },
      },
    },
  };
  const line = shellLine(child?.argv ?? []);
  const failure: Failure = {
    ...{ step: 0, id: 'x', of: 'web', title: { en: '', zh: '' }, exitCode: 1, signal: undefined },
    ...{ timedOut: false, missing: false, line, said: `env: ${command.join(' ')}` },
  };
  const path = await recordPlan(
    directory,
    { plan, config: read.config, facts: host },
    () => state,
    [{ event: 'failed', failure }],
  );
  const text = textOf(path);
  const unquoted = text.replaceAll(/\\+["n]/g, '"');
  for (const secret of secrets) {
    for (const part of secret.split(/[\n']/)) {
      if (part.length < 5) continue;
      expect(text).not.toContain(part);
      expect(unquoted).not.toContain(part);
    }
  }
  // Names are no secret: a reader sees that there is a value.
  expect(text).toContain('TOKEN=…');
  expect(text).toContain('"TOKEN":"…"');
});
