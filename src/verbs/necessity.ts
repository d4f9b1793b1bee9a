import { resolve } from 'node:path';
import { interruptedExit, listenForInterrupts } from '../exec/interrupt.ts';
import { program } from '../exec/program.ts';
import { writeError } from '../exec/standard-error.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { necessityFormats } from '../necessity/formats.ts';
import {
  assemble,
  experiment,
  HostEnded,
  necessityMarkdown,
  necessitySvg,
  necessityText,
} from '../necessity/index.ts';
import { printResult, refuseJson } from '../render/result.ts';
import { type Context, say } from '../run/context.ts';
import { readSource } from '../run/saved-plan.ts';
import { globalWords } from '../sandbox/global-words.ts';
import { tellWarnings } from './voice.ts';

export interface NecessityFlags {
  readonly format?: string;
  /** Sandbox hosts side by side. */
  readonly jobs?: number;
  readonly drop?: boolean;
  /** Make only every so many experiments. */
  readonly sample?: number;
}

type Format = (typeof necessityFormats)[number];

const printers: Readonly<Record<Format, typeof necessityText>> = {
  text: necessityText,
  md: necessityMarkdown,
  svg: necessitySvg,
};

function formatOf(context: Context, format = 'text'): Format {
  const found = necessityFormats.find((one) => one === format);
  if (found === undefined) {
    throw new CtrError(
      'no-such-format',
      exitCodes.usage,
      { en: `there is no format ${format}`, zh: `没有格式 ${format}` },
      { try: [`--format ${necessityFormats.join('|')}`] },
    );
  }
  if (format !== 'text') {
    refuseJson(context, { en: `--format ${format}`, zh: `--format ${format} ` });
  }
  return found;
}

/** `ctr lab necessity`: what breaks when a command of the plan is left out, or when what it made is taken away. */
export async function necessity(
  context: Context,
  file: string,
  { format: wanted, jobs = 2, drop = false, sample = 1 }: NecessityFlags,
): Promise<number> {
  const format = formatOf(context, wanted);
  // Problems of the config are told before a sandbox host is made.
  const { warnings } = readSource(file, {});
  tellWarnings(context, warnings);
  const interrupt = listenForInterrupts();
  const shows = process.stderr.isTTY === true && !context.quiet && !context.json;
  const self = [...program(), ...globalWords(context)];
  try {
    const { head, outcomes } = await experiment({
      runner: context.runner,
      argv: [
        ...[...self, 'sandbox', '--', ...self, 'necessity-inside'],
        ...[...(drop ? ['--drop'] : []), resolve(file)],
      ],
      jobs,
      signal: interrupt.signal,
      only: ({ number }) => number % sample === 0,
      see: (done, of) => {
        if (shows) writeError(`\r${done}/${of}${done === of ? '\r\u001b[K' : ''}`);
      },
    });
    const by = interrupt.by();
    if (by !== undefined) return interruptedExit(by);
    if (head.made.length > 0 && !context.quiet && !context.json) {
      const paths = [...new Set(head.made)].join(', ');
      context.tell(
        say(context, {
          en: `${paths} does not exist: the containers had a small root file system made of this host's busybox`,
          zh: `${paths} 不存在：容器用的是由本机 busybox 制作的小型根文件系统`,
        }),
      );
    }
    const result = assemble(head, outcomes);
    if (context.json) printResult(context, 'lab necessity', result);
    else context.print(printers[format](result, context.language));
    return exitCodes.done;
  } catch (error) {
    const by = interrupt.by();
    if (by !== undefined) return interruptedExit(by);
    // It has said why.
    if (error instanceof HostEnded && error.code !== exitCodes.done) return error.code;
    throw error;
  } finally {
    interrupt.stop();
  }
}
