import type { Outcome } from './attempts.ts';
import { type Mode, modes } from './hostile-workshop.ts';

/** The table of attempts and modes in SECURITY.md. */
export function attemptTable(all: readonly Outcome[]): string {
  const names = [...new Set(all.map(({ attempt }) => attempt))];
  const cell = (attempt: string, mode: Mode) => {
    const found = all.find((one) => one.attempt === attempt && one.mode === mode);
    return found === undefined ? '' : found.held ? 'held' : '**open**';
  };
  return [
    `| attempt | ${modes.join(' | ')} |`,
    `|---|${modes.map(() => '---|').join('')}`,
    ...names.map((name) => `| ${name} | ${modes.map((mode) => cell(name, mode)).join(' | ')} |`),
  ].join('\n');
}
