import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { inPrivateHost } from '../../rig/in-private-hosts.ts';
import { sh } from '../../rig/sh.ts';
import { type Cell, type Counts, kinds, playCell, type Scenario, scenarios } from './cell.ts';
import { type ContestantName, contestants } from './contestants.ts';

const usage = `What ctr, the CNI bridge plugin and podman leave on a host, counted in the same way.
  npm run residue -- [--json] [--instants N] [--install-peers]

  --instants N       how many instants of the set-up it is killed at (8)
  --install-peers    install Debian's packages of the peers with apt-get
  --json             print the cells as JSON
Every cell of the table is played in a sandbox host of its own.`;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    instants: { type: 'string', default: '8' },
    'install-peers': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    cell: { type: 'string' },
  },
});

function missingPackages(): readonly string[] {
  const needs = Object.values(contestants).flatMap((one) => Object.entries(one.needs));
  return [...new Set(needs.flatMap(([path, name]) => (existsSync(path) ? [] : [name])))];
}

async function installPeers(): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) return;
  await execa('sh', ['rig/install-packages.sh', ...missing], { stdio: 'inherit' });
}

async function play(name: ContestantName, scenario: Scenario, at = 0): Promise<Cell> {
  return JSON.parse(await inPrivateHost('--cell', `${name} ${scenario} ${at}`)) as Cell;
}

const total = (counts: Counts) => kinds.reduce((sum, kind) => sum + counts[kind], 0);

/** Tries several times of the kill. @returns the cell with the most leftovers. */
async function worst(name: ContestantName, setUpMs: number): Promise<Cell> {
  const instants = Number(values.instants);
  const cells: Cell[] = [];
  for (let nth = 1; nth <= instants; nth += 1) {
    cells.push(await play(name, 'midway', (setUpMs * nth) / (instants + 1)));
  }
  const killed = cells.filter((cell) => cell.killed);
  return killed.reduce((most, one) => (total(one.counts) > total(most.counts) ? one : most));
}

async function versions(): Promise<Readonly<Record<string, string>>> {
  const asked = Object.values(contestants).flatMap((one) => one.versions);
  const entries = await Promise.all(
    asked.map(async ([name = '', ...argv]) => [name, (await sh(argv)).out.trim()] as const),
  );
  const iptables = (await sh(['iptables', '--version'])).out.trim();
  return { ...Object.fromEntries(entries), kernel: release(), iptables };
}

function words(counts: Counts): string {
  const left = kinds.filter((kind) => counts[kind] > 0).map((kind) => `${counts[kind]} ${kind}`);
  return left.length === 0 ? '0' : left.join(', ');
}

async function main(): Promise<void> {
  if (values['install-peers']) await installPeers();
  const missing = missingPackages();
  if (missing.length > 0) throw new Error(`not installed: ${missing.join(' ')} (--install-peers)`);
  const cells: Cell[] = [];
  for (const name of Object.keys(contestants) as ContestantName[]) {
    for (const scenario of Object.keys(scenarios) as Scenario[]) {
      const [first] = cells.filter((one) => one.contestant === name);
      const cell =
        scenario === 'midway' && first !== undefined
          ? await worst(name, first.setUpMs)
          : await play(name, scenario);
      cells.push(cell);
      if (!values.json) {
        console.log(
          `${contestants[name].title}, ${scenarios[scenario]}: ${words(cell.counts)} (exit ${cell.exitCode})`,
        );
      }
    }
  }
  if (values.json) {
    console.log(
      JSON.stringify({ versions: await versions(), instants: Number(values.instants), cells }),
    );
  }
  const own = cells.filter((one) => one.contestant === 'ctr');
  process.exitCode = own.every((one) => one.lines.length === 0 && one.exitCode === 0) ? 0 : 1;
}

if (values.help) console.log(usage);
else if (values.cell === undefined) await main();
else {
  const [name, scenario, at] = values.cell.split(' ');
  const cell = await playCell(name as ContestantName, scenario as Scenario, Number(at));
  process.stdout.write(JSON.stringify(cell));
  // The kernel ends the children with the sandbox host.
  process.exit(0);
}
