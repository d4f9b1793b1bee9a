import type { Voice } from '../context.ts';
import { CtrError, exitCodes, messageOf } from '../errors.ts';
import { problem } from '../render/problem.ts';
import { visible, visibleJson } from '../render/visible.ts';
import { scarcity } from '../scarce.ts';

/** Says what went wrong. @returns the exit code that goes with it. */
export function report(voice: Voice, thrown: unknown, fatal = false): number {
  const error = scarcity(thrown) ?? thrown;
  const code = error instanceof CtrError ? error.exitCode : exitCodes.bug;
  if (fatal) process.exitCode = code;
  if (!(error instanceof CtrError)) {
    voice.tell(`ctr: ${visible(messageOf(error))}`);
    voice.tell(
      voice.language === 'zh'
        ? '  这是 ctr 的缺陷。请加 --verbose 再运行一次，并报告输出。'
        : '  this is a bug in ctr; please report it with what --verbose prints',
    );
    if (voice.verbose && error instanceof Error) voice.tell(error.stack ?? '');
    return code;
  }
  if (voice.json) {
    const { code: name, exitCode, details } = error;
    voice.tell(
      visibleJson({ event: 'error', code: name, exitCode, message: error.text.en, ...details }),
    );
  } else voice.tell(problem(error, voice.language).trimEnd());
  return code;
}
