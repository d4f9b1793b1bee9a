import { readFileSync, writeFileSync } from 'node:fs';
import { planFor } from '../compact.ts';
import type { Config } from '../config/schema.ts';
import type { Context, Voice } from '../context.ts';
import { sayErrno } from '../errno.ts';
import { CtrError, exitCodes } from '../errors.ts';
import type { Facts } from '../facts/index.ts';
import { parseFacts } from '../facts/schema.ts';
import { settle } from '../lab.ts';
import type { Plan } from '../plan.ts';
import { unreadAsUser } from '../preflight/unread.ts';
import { type Format, renderers } from '../render/index.ts';
import { refuseJson } from '../render/result.ts';
import { readSource, savePlan } from '../saved-plan.ts';
import { requireStart } from '../working-directory.ts';
import { tellWarnings, terminalOf } from './voice.ts';

export interface PlanFlags {
  readonly format?: Format;
  readonly facts?: string;
  readonly factsOut?: string;
  readonly out?: string;
  readonly detach?: boolean;
  readonly fast?: boolean;
  /** For the first container, in place of the config's. */
  readonly command?: readonly string[];
  /** Both forms, side by side. */
  readonly compare?: boolean;
  /** Plan for a sandbox host, as `up` would use one. */
  readonly sandbox: boolean;
}

function readSavedFacts(file: string): Facts {
  try {
    return parseFacts(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new CtrError('facts-unreadable', exitCodes.config, {
      en: `cannot read facts from ${file}: ${sayErrno(error).en}`,
      zh: `无法从 ${file} 读取事实：${sayErrno(error).zh}`,
    });
  }
}

function writeOut(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CtrError('cannot-write', exitCodes.notReady, {
      en: `cannot write ${file}: ${sayErrno(error).en}`,
      zh: `无法写入 ${file}：${sayErrno(error).zh}`,
    });
  }
}

async function factsFor(
  voice: Voice,
  open: () => Promise<Context>,
  config: Config,
  flags: PlanFlags,
): Promise<Facts> {
  if (flags.facts !== undefined) return readSavedFacts(flags.facts);
  const terminal = terminalOf(voice, flags.detach === true);
  const { runner } = await open();
  if (flags.sandbox) {
    const { sandboxFacts } = await import('../facts/sandbox.ts');
    return await sandboxFacts(runner, config, terminal);
  }
  const [{ allRuns, heldBy }, { stateDirectory }, { readHost }] = await Promise.all([
    import('../engine/runs.ts'),
    import('../engine/state.ts'),
    import('../facts/read.ts'),
  ]);
  const runs = await allRuns(runner, stateDirectory(voice.stateDir));
  return { ...(await readHost(runner, config, terminal)), ...heldBy(runs) };
}

/** `ctr plan` and `ctr up --dry-run`: says what would run; reads, and changes nothing. */
export async function plan(
  voice: Voice,
  open: () => Promise<Context>,
  file: string,
  flags: PlanFlags,
): Promise<number> {
  const format = flags.format ?? (voice.json ? 'json' : 'text');
  if (flags.compare === true) refuseJson(voice, { en: '--compare', zh: '--compare ' });
  if (format !== 'json') refuseJson(voice, { en: `--format ${format}`, zh: `--format ${format} ` });
  if (!Object.hasOwn(renderers, format)) {
    throw new CtrError(
      'no-such-format',
      exitCodes.usage,
      { en: `there is no format ${format}`, zh: `没有格式 ${format}` },
      { try: [`--format ${Object.keys(renderers).join('|')}`] },
    );
  }
  for (const path of [flags.facts, flags.factsOut, flags.out]) requireStart(path ?? '/');
  const { config, warnings, fast } = readSource(file, flags);
  const facts = await factsFor(voice, open, config, flags);
  const settled = settle(config, facts);
  const here = flags.facts === undefined && !flags.sandbox;
  const unread = here ? unreadAsUser(config, facts) : [];
  tellWarnings(voice, [...warnings, ...settled.warnings, ...unread]);
  if (settled.problems.length > 0) {
    throw new CtrError(
      'config-invalid',
      exitCodes.config,
      { en: `${file} cannot be planned`, zh: `无法为 ${file} 制定计划` },
      { problems: settled.problems },
    );
  }
  if (flags.factsOut !== undefined) {
    writeOut(flags.factsOut, `${JSON.stringify(facts, null, 2)}\n`);
  }
  if (flags.out !== undefined) writeOut(flags.out, savePlan(config, facts, fast));
  const { language, color } = voice;
  if (flags.compare === true) {
    const { renderComparison } = await import('../render/compare.ts');
    const [staged, quick] = [false, true].map((one) => planFor(config, facts, one)) as [Plan, Plan];
    voice.print(renderComparison(staged, quick, { language, color, title: file }).trimEnd());
    return exitCodes.done;
  }
  voice.print(
    renderers[format](planFor(config, facts, fast), { language, color, title: file }).trimEnd(),
  );
  return exitCodes.done;
}
