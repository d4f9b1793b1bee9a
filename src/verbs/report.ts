import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { program } from '../exec/program.ts';
import { sayErrno } from '../model/errno.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { RecordedCommand } from '../recording/recording.ts';
import { printResult } from '../render/result.ts';
import { pageData } from '../report/data.ts';
import { htmlPage, type PageParts } from '../report/html.ts';
import { markdown } from '../report/markdown.ts';
import { tokensOf } from '../report/tokens.ts';
import { worksheet } from '../report/worksheet.ts';
import type { Voice } from '../run/context.ts';
import { openRecorded } from './open-recorded.ts';

export interface ReportFlags {
  readonly html?: boolean;
  readonly md?: boolean;
  readonly worksheet?: boolean;
  readonly out?: string;
}

type Format = 'html' | 'md' | 'worksheet';

function formatOf(flags: ReportFlags): Format {
  const chosen = (['html', 'md', 'worksheet'] as const).filter((one) => flags[one] === true);
  if (chosen.length > 1) {
    throw new CtrError('one-report', exitCodes.usage, {
      en: `${chosen.map((one) => `--${one}`).join(' and ')} cannot be used together`,
      zh: `${chosen.map((one) => `--${one}`).join(' 和 ')} 不能同时使用`,
    });
  }
  return chosen[0] ?? 'md';
}

/** The page's script and style, which the build has put beside the program. */
function pageParts(): PageParts {
  const directory = dirname(program()[1]);
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  return { script: read('page.js').trimEnd(), style: read('page-style.css').trimEnd() };
}

/** `ctr report`: a recording as a page, a handout or a worksheet. Works on any system. */
export async function report(
  voice: Voice,
  file: string | undefined,
  flags: ReportFlags,
): Promise<number> {
  const format = formatOf(flags);
  const recording = openRecorded(voice, file);
  const { language } = voice;
  const text = await {
    html: async () => {
      const { explainScript } = await import('../explain/knowledge.ts');
      const explain = ({ line }: RecordedCommand) =>
        explainScript(line).flatMap((one) => tokensOf(one));
      return htmlPage(pageData(recording, explain), pageParts(), language);
    },
    md: () => markdown(recording, language),
    worksheet: () => worksheet(recording, language),
  }[format]();
  if (flags.out === undefined) {
    if (voice.json) {
      printResult(voice, 'report', { file: '-', format, bytes: Buffer.byteLength(text) });
    } else process.stdout.write(text);
    return exitCodes.done;
  }
  try {
    writeFileSync(flags.out, text);
  } catch (error) {
    const why = sayErrno(error);
    throw new CtrError('cannot-write', exitCodes.notReady, {
      en: `cannot write ${flags.out}: ${why.en}`,
      zh: `无法写入 ${flags.out}：${why.zh}`,
    });
  }
  if (voice.json) {
    printResult(voice, 'report', { file: flags.out, format, bytes: Buffer.byteLength(text) });
  }
  return exitCodes.done;
}
