import { resolve } from 'node:path';
import { type Context, say } from '../context.ts';
import { program } from '../program.ts';
import { readSource } from '../saved-plan.ts';
import { sandbox } from '../verbs/sandbox.ts';
import type { UpFlags } from '../verbs/up.ts';
import { globalWords } from './global-words.ts';

/** `ctr up --sandbox F` is `ctr sandbox -- ctr up F`. */
export async function upInSandbox(
  context: Context,
  file: string,
  flags: UpFlags,
  command: readonly string[],
): Promise<number> {
  // What is wrong with the config is said before a sandbox is made.
  const { config } = readSource(file);
  if (!context.quiet && !context.json) {
    context.tell(
      say(context, {
        en: 'in a sandbox host: this machine is not touched',
        zh: '在沙盒主机里运行：不会触碰这台机器',
      }),
    );
  }
  const detached = flags.detach === true;
  const words = [
    ...program(),
    ...globalWords(context),
    ...[
      'up',
      '--host',
      ...(detached ? ['--detach'] : []),
      ...(flags.fast ? ['--fast'] : []),
      ...(flags.oneByOne ? ['--one-by-one'] : []),
    ],
    ...[resolve(file), '--', ...command],
  ];
  return await sandbox(context, words, detached ? { stayFor: config.name } : {});
}
