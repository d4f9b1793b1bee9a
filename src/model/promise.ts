/** What a lab promises, in the order of the table's columns. */
export const promiseIds = [
  'self',
  'gateway',
  'neighbour',
  'world',
  'name',
  'page',
  'inbound',
  'hosts',
  'hostname',
  'processes',
  'files',
  'users',
  'gone',
] as const;
export type PromiseId = (typeof promiseIds)[number];
