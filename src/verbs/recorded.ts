// What needs a recording and nothing else: bundled apart as one file, without the code that runs anything.
export { replay } from './replay.ts';
export { report } from './report.ts';
