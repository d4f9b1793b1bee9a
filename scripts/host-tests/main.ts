// Runs the host tests: each file in a sandbox host of its own, so that no file meets what another one left, and as
// many files side by side as there are processors. A file that fails beside others is run again alone, and only that
// counts: it says whether ctr is wrong or the machine was too busy. Both are printed.
// npm run test:host [-- [FILE…] [OPTION OF JEST…]]
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** The counts that a run of Jest leaves with `--json`. */
interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

interface Ended {
  readonly file: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly output: string;
  readonly results: Results;
}

/** What the longest file needs is what all of them need at least, so the longest start first. */
const longest = ['matrix', 'firewalls', 'snapshot', 'strangers', 'ways-out', 'stepping', 'causes'];

const sandbox = 'scripts/sandbox.sh';
const folder = 'test/host';
const words = process.argv.slice(2);
const file = /\.test\.ts$/;
const options = words.filter((word) => !file.test(word));
const named = words.filter((word) => file.test(word));
const files = named.length > 0 ? named : allFiles();
const results = mkdtempSync(join(tmpdir(), 'ctr-results-'));

function allFiles(): string[] {
  const rank = (name: string) => {
    const at = longest.indexOf(name.replace(file, ''));
    return at < 0 ? longest.length : at;
  };
  return readdirSync(folder)
    .filter((name) => file.test(name))
    .sort((one, other) => rank(one) - rank(other))
    .map((name) => `${folder}/${name}`);
}

async function run(file: string): Promise<Ended> {
  const output = join(results, file.replaceAll('/', '-'));
  const jest = ['--selectProjects', 'host', '--runInBand', '--testTimeout', '180000'];
  const started = Date.now();
  const ended = await execa(
    sandbox,
    ['npm', 'run', '--silent', 'jest', '--', ...jest, '--json', '--outputFile', output].concat(
      options,
      file,
    ),
    { all: true, reject: false, stdin: 'ignore' },
  );
  return {
    file,
    passed: ended.exitCode === 0,
    seconds: (Date.now() - started) / 1000,
    output: ended.all,
    results: read(output),
  };
}

/** A run that wrote no results counts as one failed test. */
function read(path: string): Results {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {
      numPassedTests: 0,
      numFailedTests: 0,
      numPendingTests: 0,
      numRuntimeErrorTestSuites: 1,
    };
  }
}

function say({ file, passed, seconds, output, results }: Ended): void {
  const count = `${results.numPassedTests} passed, ${results.numFailedTests} failed`;
  console.log(`${passed ? 'PASS' : 'FAIL'} ${file} (${seconds.toFixed(1)} s; ${count})`);
  // What the tests print of their counts is said of those that pass as well.
  const counts = output.match(/^\s+\S[^\n]*: .*\{.*\}$/gm) ?? [];
  console.log(passed ? counts.join('\n') : output);
}

const waiting = [...files];
const ends: Ended[] = [];
async function work(): Promise<void> {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const ended = await run(file);
    say(ended);
    ends.push(ended);
  }
}
const started = Date.now();
await Promise.all(Array.from({ length: Math.max(1, availableParallelism()) }, work));

const again: Ended[] = [];
for (const { file, passed } of files.length > 1 ? ends : []) {
  if (passed) continue;
  console.log(`again, alone: ${file}`);
  const ended = await run(file);
  say(ended);
  again.push(ended);
}
const last = ends.map((ended) => again.find(({ file }) => file === ended.file) ?? ended);
const sum = (name: keyof Results) => last.reduce((total, { results }) => total + results[name], 0);
const totals: Results = {
  numPassedTests: sum('numPassedTests'),
  numFailedTests: sum('numFailedTests'),
  numPendingTests: sum('numPendingTests'),
  numRuntimeErrorTestSuites: sum('numRuntimeErrorTestSuites'),
};
for (const { file, passed } of again)
  if (passed) console.log(`failed beside others, passed alone: ${file}`);
console.log(
  `host tests: ${files.length} files in ${Math.round((Date.now() - started) / 1000)} s, ${JSON.stringify(totals)}`,
);
const where = process.env.CTR_HOST_RESULTS;
if (where !== undefined) writeFileSync(where, JSON.stringify(totals));
rmSync(results, { recursive: true });
if (last.some(({ passed }) => !passed)) process.exitCode = 1;
