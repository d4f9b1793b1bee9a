// npm run fuzz -- --configs 10000 [--seed 1]: checks ctr with random configs, valid, nearly valid and random text.
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';

const { values } = parseArgs({
  options: { configs: { type: 'string', default: '10000' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const began = performance.now();
const { texts, valid, planned, agreed, commands, codes } = await fuzz(Number(values.configs), seed);
const seconds = ((performance.now() - began) / 1000).toFixed(1);
const refused = texts - valid;
console.log(`${texts} configs, seed ${seed}, ${seconds} s`);
console.log(`  ${valid} valid, ${planned} planned: ${commands} commands linted`);
console.log(`  ${agreed.planned} planned of ${agreed.texts} whose values agree`);
console.log(`  ${refused} refused: exit 3 each, no process started by any`);
console.log(
  `  ${[...codes]
    .sort()
    .map(([code, count]) => `${code} ${count}`)
    .join(', ')}`,
);
