// Writes docs/reliability.md from the figures in results/. With options it first runs the measurements.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { sh } from '../../rig/sh.ts';
import { type Figures, page, type Results } from './page.ts';

const usage = `usage: npm run reliability -- [--measure [NAME…]]
  Without an option: docs/reliability.md from the figures in results/.
  --measure    run what makes the figures first, all of it (hours) or the ones that are named
`;
const folder = 'results';
const matrix = (plan: string, life: string, ...more: string[]) => [
  'node',
  'scripts/run.js',
  'matrix',
  '--json',
  '--plan',
  plan,
  '--life',
  life,
  ...more,
];

/** The command for each file of figures. */
const measurements: Readonly<Record<string, readonly string[]>> = {
  'matrix-tutorial-foreground': matrix('tutorial', 'foreground'),
  'matrix-tutorial-foreground-fast': matrix('tutorial', 'foreground', '--fast'),
  'matrix-tutorial-detached': matrix('tutorial', 'detached'),
  'matrix-tutorial-supervisor': matrix('tutorial', 'supervisor'),
  'matrix-lab-foreground': matrix('lab', 'foreground'),
  'matrix-lab-foreground-fast': matrix('lab', 'foreground', '--fast'),
  storm: ['node', 'scripts/run.js', 'storm', '--json', '--rounds', '1000'],
  soak: ['node', 'scripts/run.js', 'soak', '--json', '--minutes', '10'],
  residue: ['node', 'scripts/run.js', 'residue', '--json'],
  races: ['npm', 'run', '--silent', 'races'],
};

async function measure(name: string): Promise<void> {
  const [program = '', ...words] = measurements[name] ?? [];
  if (program === '')
    throw new Error(`there is no ${name}; there are ${Object.keys(measurements).join(', ')}`);
  console.error(`${name}: ${program} ${words.join(' ')}`);
  const ended = await execa(program, words, { reject: false, stdin: 'ignore', stderr: 'inherit' });
  // The tests write their files themselves.
  if (name !== 'races') writeFileSync(`${folder}/${name}.json`, ended.stdout);
  if (ended.exitCode !== 0) console.error(`${name} ended with ${ended.exitCode}: see its figures`);
}

function readResults(): Results {
  const results: Record<string, Figures> = {};
  for (const file of readdirSync(folder).filter((one) => one.endsWith('.json'))) {
    const path = `${folder}/${file}`;
    const figures = JSON.parse(readFileSync(path, 'utf8')) as Figures;
    results[file.replace(/\.json$/, '')] = {
      ...figures,
      day: statSync(path).mtime.toISOString().slice(0, 10),
    };
  }
  return results;
}

async function versions(): Promise<string> {
  const first = async (...argv: string[]) => (await sh(argv)).out.trim().split('\n')[0] ?? '';
  const number = (text: string) => /\d+\.[\w.]+/.exec(text)?.[0] ?? '?';
  return [
    `kernel ${release()}`,
    `iproute2 ${number(await first('ip', '-V'))}`,
    `util-linux ${number(await first('unshare', '--version'))}`,
    await first('iptables', '--version'),
    `Node ${process.versions.node}`,
  ].join(', ');
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    measure: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(usage);
else {
  mkdirSync(folder, { recursive: true });
  if (values.measure) {
    for (const name of positionals.length > 0 ? positionals : Object.keys(measurements))
      await measure(name);
  }
  writeFileSync(
    'docs/reliability.md',
    page(readResults(), Object.keys(measurements), await versions()),
  );
}
