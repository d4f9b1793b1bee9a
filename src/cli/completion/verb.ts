import type { Command } from 'commander';
import { called } from '../../exec/called.ts';
import { CtrError, exitCodes } from '../../model/errors.ts';
import { refuseJson } from '../../render/result.ts';
import type { Voice } from '../../run/context.ts';
import { shells } from './shells.ts';
import { tableOf } from './table.ts';

/**
 * `ctr completion`: prints the completion script for a shell.
 * @param ctr the command line from which the script is made.
 * @throws CtrError for a shell without completions.
 */
export async function completion(voice: Voice, ctr: Command, word: string): Promise<number> {
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
  // ctrnet is always this program. ctr may be containerd's, unless the user called this program by that name.
  const completed = called === 'ctr' ? ['ctr', 'ctrnet'] : [called];
  const { makers } = await import('./makers.ts');
  voice.print(makers[shell](tableOf(ctr), called, completed).trimEnd());
  return exitCodes.done;
}
