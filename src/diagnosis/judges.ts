// The table with all its sentences, and those who ask it: bundled apart as one file. Nothing of it runs anything.
export { diagnose } from './diagnose.ts';
export { promisesOf } from './promises.ts';
export { isSix, promises6Of, unanswered6 } from './promises6.ts';
export { whyBroken } from './why.ts';
