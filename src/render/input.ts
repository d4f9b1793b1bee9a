import { shellLine } from '../command.ts';
import type { Command } from '../step.ts';

/** What a command reads, line by line; pids are shell variables. */
export function inputLines({ input }: Command): readonly string[] {
  if (input === undefined) return [];
  if (typeof input === 'string') return input.replace(/\n$/, '').split('\n');
  return input.map((line) => shellLine(line).replaceAll('"', ''));
}
