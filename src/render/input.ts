import { type Argv, endMark, variable } from '../model/command.ts';
import type { Command } from '../model/step.ts';

function asTyped(line: Argv): string {
  return line
    .map((arg) =>
      typeof arg === 'string'
        ? arg
        : `${arg.before ?? ''}\${${variable(arg.pidOf)}}${arg.after ?? ''}`,
    )
    .join(' ');
}

function inputLines({ input = '' }: Command): readonly string[] {
  return typeof input === 'string' ? input.replace(/\n$/, '').split('\n') : input.map(asTyped);
}

/** Standard input as a here-document with a delimiter that the input does not contain; pids are shell variables. */
export function hereDocument(command: Command): {
  readonly opening: string;
  readonly rest: readonly string[];
} {
  const lines = inputLines(command);
  const mark = endMark(lines);
  // The shell must expand the here-document only if it contains a pid.
  const plain = typeof command.input === 'string' || !lines.some((line) => line.includes('$'));
  return { opening: plain ? `<<'${mark}'` : `<<${mark}`, rest: [...lines, mark] };
}
