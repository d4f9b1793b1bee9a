// The soak test: rounds of random runs, verbs, kills, faults and damage in a sandbox host. After each round the program
// compares the host with its initial state.
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { createRootfs } from '../../rig/create-rootfs.ts';
import { dice } from '../../rig/dice.ts';
import { inPrivateHosts, spoilt, workerOptions } from '../../rig/in-private-hosts.ts';
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
    ...workerOptions,
    until: { type: 'string', default: '0' },
  },
});
const seed = Number(values.seed);

const only = values.round === undefined ? undefined : Number(values.round);

/** Plays rounds until the time is over, or until a round leaves something, since the next round needs a new host. */
async function worker(): Promise<void> {
  assertSandbox();
  mkdirSync(own, { recursive: true });
  await createRootfs(rootfs);
  // Creates the files before the first snapshot. Each round rewrites them.
  writeConfigs(dice(seed));
  await installShims(helperPrograms);
  const base = await snapshot();
  const isWanted = (round: number) =>
    only === undefined ? round === 0 || Date.now() < Number(values.until) : round === only;
  for (let round = Math.max(Number(values.from), only ?? 0); isWanted(round); round += 1) {
    const played = await playRound(seed, round, base);
    process.stdout.write(`${JSON.stringify(played)}\n`);
    if (played.residue.length === 0) continue;
    process.exitCode = spoilt;
    return;
  }
}

function show(played: Round): void {
  if (values.verbose) console.error([`round ${played.index}`, ...played.story].join('\n  '));
  if (played.residue.length + played.wrong.length === 0) return;
  console.error(
    [
      `✘ round ${played.index}: npm run soak -- --seed ${seed} --round ${played.index}`,
      ...played.story,
      ...played.wrong.map((line) => `wrong: ${line}`),
      ...played.residue.map((line) => `left: ${line}`),
    ].join('\n  '),
  );
}

async function main(): Promise<void> {
  const rounds: Round[] = [];
  const until = Date.now() + Number(values.minutes) * 60_000;
  await inPrivateHosts<Round>(1, ['--seed', values.seed, '--until', String(until)], (played) => {
    rounds.push(played);
    show(played);
    if (process.stderr.isTTY) process.stderr.write(`\r${rounds.length} rounds `);
  });
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
else await worker();
