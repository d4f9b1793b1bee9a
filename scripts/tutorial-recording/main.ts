// Records the demo, for the package: examples/tutorial.ctr.ndjson. `ctr demo` plays it where no sandbox host can be
// made, and tests make their pictures and pages from it.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { parseRecording } from '../../src/recording/read.ts';

const target = 'examples/tutorial.ctr.ndjson';

/** The package stays small. */
const mostBytes = 100_000;

const state = mkdtempSync(join(tmpdir(), 'ctr-recording-'));
try {
  await execa(process.execPath, ['dist/ctr.js', '--lang', 'en', 'demo'], {
    env: { XDG_STATE_HOME: state },
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'inherit',
  });
  const directory = join(state, 'ctr', 'recordings');
  const [name = ''] = readdirSync(directory);
  const [first = '', ...rest] = readFileSync(join(directory, name), 'utf8').split('\n');
  // Which build of a kernel it was concerns nobody.
  const header = first.replace(/("kernel":"\d+\.\d+\.\d+)[^"]*"/, '$1"');
  const text = [header, ...rest].join('\n');
  const { moments, header: told } = parseRecording(target, text);
  if (moments.length !== told.steps.length + 2) throw new Error('not every step was recorded');
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytes) throw new Error(`${bytes} bytes, more than ${mostBytes}`);
  writeFileSync(target, text);
  console.log(`${target}: ${bytes} bytes, ${told.steps.length} steps`);
} finally {
  rmSync(state, { recursive: true });
}
