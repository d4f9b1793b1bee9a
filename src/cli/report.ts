import { called } from '../exec/called.ts';
import { scarcity } from '../exec/scarce.ts';
import { CtrError, exitCodes, messageOf } from '../model/errors.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { problem } from '../render/problem.ts';
import { errorLine } from '../render/result.ts';
import type { Voice } from '../run/context.ts';

const bug = {
  en: 'this is a bug in ctr; please report it with the output of --verbose',
  zh: '这是 ctr 的缺陷。请加 --verbose 再运行一次，并报告输出。',
};

/** Prints an error. @returns its exit code. */
export function report(voice: Voice, thrown: unknown, fatal = false): number {
  const error = scarcity(thrown) ?? thrown;
  const known =
    error instanceof CtrError
      ? error
      : new CtrError(
          'bug',
          exitCodes.bug,
          { en: messageOf(error), zh: messageOf(error) },
          { means: bug },
        );
  if (fatal) process.exitCode = known.exitCode;
  if (voice.json) voice.tell(errorLine(known));
  else if (known === error) voice.tell(problem(known, voice.language).trimEnd());
  else {
    voice.tell(`${called}: ${escapeControls(messageOf(error))}`);
    voice.tell(`  ${bug[voice.language]}`);
  }
  if (known !== error && voice.verbose && !voice.json && error instanceof Error)
    voice.tell(error.stack ?? '');
  return known.exitCode;
}
