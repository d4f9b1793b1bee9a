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

/** Standard input as a here-document whose end mark does not stand in it; pids are shell variables. */
export function hereDocument(command: Command): {
  readonly opening: string;
  readonly rest: readonly string[];
} {
  const lines = inputLines(command);
  const mark = endMark(lines);
  // Only lines with a pid in them are for the shell to expand.
  const plain = typeof command.input === 'string' || !lines.some((line) => line.includes('$'));
  return { opening: plain ? `<<'${mark}'` : `<<${mark}`, rest: [...lines, mark] };
}
