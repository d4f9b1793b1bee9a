// The soak: round after round of random runs, verbs, kills, faults and damage in a sandbox host, and
// after each round the host is compared with what it was.
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr, ctrPath } from '../../rig/ctr.ts';
import { dice } from '../../rig/dice.ts';
import { installShims } from '../../rig/shims.ts';
import { snapshot } from '../../rig/snapshot.ts';
import { helperPrograms } from '../../src/facts/helper.ts';
import { own, rootfs, writeConfigs } from './configs.ts';
import { playRound, type Round } from './round.ts';

const usage = `usage: npm run soak -- [option…]
  --minutes N   how long (3)
  --seed N      what the dice begin with (the time of day); printed, so that it can be given again
  --round N     this round alone
  --verbose     what is done, round by round
  --json        the figures as JSON
`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    round: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    // How the soak starts itself inside a sandbox host.
    worker: { type: 'string' },
    until: { type: 'string', default: '0' },
  },
});
const seed = Number(values.seed);

/** Plays one round, and more while there is time. Ends with 75 after one that left something: the next host is a new one. */
async function worker(from: number): Promise<void> {
  assertSandbox();
  mkdirSync(own, { recursive: true });
  const made = await ctr(['-q', 'rootfs', 'create', rootfs]);
  if (made.code !== 0) throw new Error(made.err);
  // Every round writes them anew; the files themselves are there from the first.
  writeConfigs(dice(seed));
  await installShims(helperPrograms);
  const base = await snapshot();
  for (let round = from; round === from || Date.now() < Number(values.until); round += 1) {
    const played = await playRound(seed, round, base);
    process.stdout.write(`${JSON.stringify(played)}\n`);
    if (played.residue.length > 0) process.exit(75);
  }
}

function show(played: Round): void {
  if (values.verbose) console.error([`round ${played.round}`, ...played.story].join('\n  '));
  if (played.residue.length + played.wrong.length === 0) return;
  console.error(
    [
      `✘ round ${played.round}: npm run soak -- --seed ${seed} --round ${played.round}`,
      ...played.story,
      ...played.wrong.map((line) => `wrong: ${line}`),
      ...played.residue.map((line) => `left: ${line}`),
    ].join('\n  '),
  );
}

/** Plays rounds in one sandbox host after another until the time is over. */
async function main(): Promise<void> {
  const rounds: Round[] = [];
  const until = values.round === undefined ? Date.now() + Number(values.minutes) * 60_000 : 0;
  const first = Number(values.round ?? 0);
  do {
    const child = execa(
      process.execPath,
      [
        ...[ctrPath, 'sandbox', '--', process.execPath, process.argv[1] ?? ''],
        ...['--seed', String(seed), '--worker', String(first + rounds.length)],
        ...['--until', String(until)],
      ],
      { reject: false, stdin: 'ignore', stderr: 'inherit', buffer: false },
    );
    for await (const line of createInterface({ input: child.stdout })) {
      const played = JSON.parse(line) as Round;
      rounds.push(played);
      show(played);
      if (process.stderr.isTTY) process.stderr.write(`\r${rounds.length} rounds `);
    }
    const { exitCode } = await child;
    if (exitCode !== 0 && exitCode !== 75) throw new Error(`a worker ended with ${exitCode}`);
  } while (Date.now() < until);
  const sum = (of: (one: Round) => number) => rounds.reduce((total, one) => total + of(one), 0);
  const figures = {
    seed,
    rounds: rounds.length,
    commands: sum((one) => one.commands),
    kills: sum((one) => one.kills),
    signals: sum((one) => one.signals),
    faults: sum((one) => one.faults),
    damages: sum((one) => one.damages),
    residues: rounds.filter((one) => one.residue.length > 0).length,
    wrong: sum((one) => one.wrong.length),
  };
  console.log(
    values.json
      ? JSON.stringify(figures)
      : Object.entries(figures)
          .map(([name, value]) => `${value} ${name}`)
          .join(', '),
  );
  process.exitCode = figures.residues + figures.wrong > 0 ? 1 : 0;
}

if (values.help) console.log(usage);
else if (values.worker === undefined) await main();
else await worker(Number(values.worker));
