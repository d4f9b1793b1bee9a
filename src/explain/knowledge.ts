// What `ctr explain` knows, as one file in dist/: it is big, and few runs need it.
export { explainCommand } from './explain-command.ts';
export { netlinkInside, silence } from './netlink.ts';
export { explainScript } from './script.ts';
export { stepIds } from './step-ids.ts';
export { explainWords, knownWords } from './words.ts';
