// How often the diagnosis is right: plants faults in labs, one at a time, in sandbox hosts, and asks ctr about each.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { spoilt } from '../../rig/in-private-hosts.ts';
import { sh } from '../../rig/sh.ts';
import { Bench } from './bench.ts';
import { families } from './families/index.ts';
import { inHosts } from './hosts.ts';
import { labs } from './lab.ts';
import { page } from './page.ts';
import type { Result } from './result.ts';
import { type Case, choose } from './select.ts';
import { trial } from './trial.ts';

const usage = `usage: npm run diagnosis -- [option…]
  --sample N       how many faults (600); "all" for every one of every lab
  --seed S         by which they are chosen (1)
  --family F       only this family, several times
  --lab L          only this lab, several times
  --fault TEXT     only faults whose id holds this text
  --jobs N         sandbox hosts side by side (the number of processors)
  --rig-only       only whether each fault breaks its question and can be mended
  --kernel         as root, also ask "ctr trace --kernel"
  --list           list the faults
  --again FILE     no new run: the page from what --json printed, several times
  --no-page        leave docs/diagnosis.md and docs/diagnosis.json alone
  --json           print every result as a line of JSON
exits 1 when ctr was wrong and sure, or a fault does not do what it should
`;

const { values } = parseArgs({
  options: {
    sample: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
    family: { type: 'string', multiple: true, default: [] },
    lab: { type: 'string', multiple: true, default: [] },
    fault: { type: 'string', default: '' },
    jobs: { type: 'string', default: String(cpus().length) },
    'rig-only': { type: 'boolean', default: false },
    kernel: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    again: { type: 'string', multiple: true, default: [] },
    'no-page': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    worker: { type: 'string' },
    from: { type: 'string', default: '0' },
  },
});

function wanted(): readonly Case[] {
  const { family, lab, fault, sample, seed } = values;
  for (const name of family)
    if (!families.some((one) => one.name === name)) throw new Error(`there is no family ${name}`);
  for (const name of lab)
    if (!labs.some((one) => one.name === name)) throw new Error(`there is no lab ${name}`);
  const number = sample === 'all' ? Number.POSITIVE_INFINITY : Number(sample);
  return choose({ family, lab, fault, sample: number, seed: Number(seed) });
}

/** Tries the faults of one lab. Exits with `spoilt` after one that left something, so that the next gets a new host. */
async function worker(name: string): Promise<void> {
  assertSandbox();
  const cases = wanted().filter(({ lab }) => lab.name === name);
  const [first] = cases;
  if (first === undefined) return;
  const { lab } = first;
  const bench = new Bench(lab);
  await bench.prepare();
  const healthy = await bench.state();
  const asks = !values['rig-only'];
  const asking = { trace: asks, why: asks, kernel: asks && values.kernel && !lab.rootless };
  for (const [index, { family, fault, kind }] of cases.entries()) {
    if (index < Number(values.from)) continue;
    const tried = await trial(bench, fault, healthy, asking).catch((error: unknown) => ({
      mistakes: [`left: ${error}`],
      seen: '',
      difference: [],
    }));
    const result: Result = {
      ...{ index, lab: name, family: family.name, kind, id: fault.id },
      edit: fault.plant.map(({ place, line }) => `${place}: ${line}`),
      ...{ question: fault.question, truth: fault.truth, harmless: fault.harmless ?? false },
      ...tried,
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    if (tried.mistakes.length > 0) {
      process.exitCode = spoilt;
      return;
    }
  }
}

async function versions(): Promise<readonly string[]> {
  const first = async (...argv: string[]) => (await sh(argv)).out.trim().split('\n')[0] ?? '';
  const iproute = /iproute2-([\w.]+)/.exec(await first('ip', '-V'))?.[1] ?? '?';
  const nft = /v[\d.]+/.exec(await first('nft', '-v'))?.[0] ?? '?';
  return [
    `kernel ${release()}`,
    `iproute2 ${iproute}`,
    `nft ${nft}`,
    await first('iptables', '--version'),
    `Node ${process.versions.node}`,
  ];
}

/** What a person who waits wants to know of a result. */
function told({
  mistakes,
  impossible,
  trace,
  kernel,
  why,
  lab,
  family,
  id,
}: Result): readonly string[] {
  const name = `${lab}: ${family}: ${id}`;
  const answers = Object.entries({ trace, kernel, why }).flatMap(([how, one]) =>
    one === undefined || one.score === 'named'
      ? []
      : [
          `${one.score === 'wrong and sure' ? '✘' : '·'} ${name}: ${how}: ${one.score}: ${one.said ?? one.causes.join(', ')}`,
        ],
  );
  if (impossible !== undefined) return [`– ${name}: not possible here`];
  return [...mistakes.map((one) => `✘ ${name}: ${one.slice(0, 400)}`), ...answers];
}

/** Writes the page and the figures beside it, unless only the rig was run; prints what came of it. */
async function writePage(results: readonly Result[], seconds: number): Promise<void> {
  const made = page({ results, seed: Number(values.seed), seconds, versions: await versions() });
  if (!values['no-page'] && !values['rig-only']) {
    writeFileSync('docs/diagnosis.md', made.text);
    writeFileSync('docs/diagnosis.json', `${JSON.stringify(made.json)}\n`);
  }
  console.error(made.summary);
}

/** The last result of each fault that there is: an earlier one of it is out of date, and so is one of a fault that is gone. */
function latest(results: readonly Result[]): readonly Result[] {
  const key = (lab: string, family: string, id: string) => `${lab}/${family}/${id}`;
  const last = new Map(results.map((one) => [key(one.lab, one.family, one.id), one]));
  return choose({ family: [], lab: [], fault: '', sample: Number.POSITIVE_INFINITY, seed: 1 })
    .map(({ lab, family, fault }) => last.get(key(lab.name, family.name, fault.id)))
    .filter((one) => one !== undefined);
}

async function main(): Promise<void> {
  const cases = wanted();
  if (values.list) {
    for (const { lab, family, fault } of cases)
      console.log(`${lab.name}: ${family.name}: ${fault.id}`);
    console.log(`${cases.length} faults`);
    return;
  }
  if (values.again.length > 0) {
    const lines = values.again.flatMap((file) => readFileSync(file, 'utf8').split('\n'));
    const results = lines
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Result);
    await writePage(latest(results), 0);
    return;
  }
  const began = performance.now();
  const results: Result[] = [];
  const see = (result: Result) => {
    results.push(result);
    if (values.json) console.log(JSON.stringify(result));
    else for (const line of told(result)) console.log(line);
    if (process.stderr.isTTY) process.stderr.write(`\r${results.length}/${cases.length} `);
  };
  const used = labs.filter((lab) => cases.some((one) => one.lab === lab));
  // The longest first, so that no host waits for the last one.
  const order = used.toSorted(
    (a, b) =>
      cases.filter(({ lab }) => lab === b).length - cases.filter(({ lab }) => lab === a).length,
  );
  await inHosts(order, Number(values.jobs), see);
  const seconds = Math.round((performance.now() - began) / 1000);
  await writePage(results, seconds);
  const wrong = results.some(
    ({ mistakes, trace, kernel, why }) =>
      mistakes.length > 0 || [trace, kernel, why].some((one) => one?.score === 'wrong and sure'),
  );
  process.exitCode = wrong || results.length !== cases.length ? 1 : 0;
}

if (values.help) console.log(usage);
else if (values.worker === undefined) await main();
else await worker(values.worker);
