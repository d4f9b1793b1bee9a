export { explain } from './causes.ts';
export { departures } from './departures.ts';
export { compare } from './diff.ts';
export { readSettled } from './settle.ts';
export { worldPid } from './world.ts';
