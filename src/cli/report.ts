import type { Context } from '../context.ts';
import { CtrError, exitCodes, messageOf } from '../errors.ts';
import { problem } from '../render/problem.ts';
import { visible } from '../render/visible.ts';

/** Says what went wrong. @returns the exit code that goes with it. */
export function report(context: Context, error: unknown, fatal = false): number {
  const code = error instanceof CtrError ? error.exitCode : exitCodes.bug;
  if (fatal) process.exitCode = code;
  if (!(error instanceof CtrError)) {
    context.tell(`ctr: ${visible(messageOf(error))}`);
    context.tell(
      context.language === 'zh'
        ? '  这是 ctr 的缺陷。请加 --verbose 再运行一次，并报告输出。'
        : '  this is a bug in ctr; please report it with what --verbose prints',
    );
    if (context.verbose && error instanceof Error) context.tell(error.stack ?? '');
    return code;
  }
  if (context.json) {
    const { code: name, exitCode, details } = error;
    context.tell(
      JSON.stringify({ event: 'error', code: name, exitCode, message: error.text.en, ...details }),
    );
  } else context.tell(problem(error, context.language).trimEnd());
  return code;
}
