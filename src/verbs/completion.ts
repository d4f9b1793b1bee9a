import type { Command } from 'commander';
import { called } from '../called.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { type Shell, shells } from '../completion/shells.ts';
import { type Table, tableOf } from '../completion/table.ts';
import { zshCompletion } from '../completion/zsh.ts';
import type { Voice } from '../context.ts';
import { CtrError, exitCodes } from '../errors.ts';
import { refuseJson } from '../render/result.ts';

const makers: Readonly<
  Record<Shell, (table: Table, name: string, completed: readonly string[]) => string>
> = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/**
 * `ctr completion`: a script for a shell that completes what somebody types.
 * @param ctr the command line, from which the script is made.
 * @throws CtrError when the shell is none of ours.
 */
export function completion(voice: Voice, ctr: Command, word: string): number {
  const shell = shells.find((one) => one === word);
  if (shell === undefined) {
    throw new CtrError(
      'no-such-shell',
      exitCodes.usage,
      { en: `there is no completion for "${word}"`, zh: `没有 "${word}" 的补全脚本` },
      { try: shells.map((one) => `ctr completion ${one}`) },
    );
  }
  refuseJson(voice, { en: 'the completion script', zh: '补全脚本' });
  // ctrnet is always this program; ctr may be containerd's, unless it was called by that name.
  const completed = called === 'ctr' ? ['ctr', 'ctrnet'] : [called];
  voice.print(makers[shell](tableOf(ctr), called, completed).trimEnd());
  return exitCodes.done;
}
