// npm run escape: attempts of a hostile root in a container, in three modes, as a table.
import { attempts } from './attempts.ts';
import { attemptTable } from './table.ts';

const all = await attempts();
console.log(attemptTable(all));
console.log();
for (const { attempt, mode, held, detail } of all) {
  console.log(`${held ? 'held' : 'OPEN'}  ${mode.padEnd(14)}  ${attempt}: ${detail}`);
}
