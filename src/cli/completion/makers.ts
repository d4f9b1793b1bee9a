import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import type { Shell } from './shells.ts';
import type { Table } from './table.ts';
import { zshCompletion } from './zsh.ts';

/** The function that makes each shell's completion script. */
export const makers: Readonly<
  Record<Shell, (table: Table, name: string, completed: readonly string[]) => string>
> = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };
