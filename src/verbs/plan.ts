import { readFileSync, writeFileSync } from 'node:fs';
import { syntaxProblemsIn } from '../config/parse.ts';
import type { Config } from '../config/schema.ts';
import { requireStart } from '../exec/working-directory.ts';
import type { Facts } from '../facts/index.ts';
import { sayErrno } from '../model/errno.ts';
import { CtrError, exitCodes, type Problem } from '../model/errors.ts';
import type { Focus } from '../model/focus.ts';
import { own } from '../model/own.ts';
import type { Plan } from '../model/plan.ts';
import type { Text } from '../model/text.ts';
import { planFor } from '../plan.ts';
import { terminalColumns, textColumns } from '../render/command-text.ts';
import { depthOf } from '../render/depth.ts';
import { type Format, renderers } from '../render/index.ts';
import { refuseJson } from '../render/result.ts';
import { renderScript } from '../render/script.ts';
import { unreadAsUser } from '../resolve/preflight/unread.ts';
import { runTaken } from '../resolve/preflight.ts';
import type { Context, Voice } from '../run/context.ts';
import { judge } from '../run/prepare.ts';
import { readSource, savePlan } from '../run/saved-plan.ts';
import { tellWarnings, terminalOf } from './voice.ts';

export interface PlanFlags {
  readonly format?: Format;
  readonly facts?: string;
  readonly factsOut?: string;
  readonly out?: string;
  readonly detach?: boolean;
  readonly fast?: boolean;
  readonly oneByOne?: boolean;
  readonly brief?: boolean;
  readonly focus?: Focus;
  /** Replaces the command of the first container. */
  readonly command?: readonly string[];
  /** Show the staged and the fast plan side by side. */
  readonly compare?: boolean;
  /** Plan for a sandbox host, as `up` would use one. */
  readonly sandbox: boolean;
}

const howToSave: Text = {
  en: 'to save the facts of this host: ctr plan CONFIG --facts-out facts.json',
  zh: '保存本机的信息：ctr plan 配置 --facts-out facts.json',
};

function unreadableFacts(message: Text, problems: readonly Problem[] = []): CtrError {
  return new CtrError('facts-unreadable', exitCodes.config, message, {
    problems,
    try: [howToSave],
  });
}

function cannotReadFacts(file: string, why: Text): CtrError {
  return unreadableFacts({
    en: `cannot read facts from ${file}: ${why.en}`,
    zh: `无法从 ${file} 读取主机信息：${why.zh}`,
  });
}

function noFacts(file: string): CtrError {
  return unreadableFacts({
    en: `${file} contains no facts of a host, which --facts needs`,
    zh: `${file} 里没有主机信息，而 --facts 需要一份主机信息`,
  });
}

async function readSavedFacts(file: string): Promise<Facts> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw cannotReadFacts(file, sayErrno(error));
  }
  if (!text.trimStart().startsWith('{')) throw noFacts(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const message = {
      en: `cannot read facts from ${file}`,
      zh: `无法从 ${file} 读取主机信息`,
    };
    throw unreadableFacts(message, syntaxProblemsIn(text, file));
  }
  const { parseFacts } = await import('../facts/schema.ts');
  const facts = parseFacts(value);
  if ('facts' in facts) return facts.facts;
  if (facts.wrong === 'version' && !text.includes('"links"')) throw noFacts(file);
  throw cannotReadFacts(file, {
    en: `${facts.wrong} is missing or malformed`,
    zh: `${facts.wrong} 缺失或格式不对`,
  });
}

/** @throws CtrError when the file cannot be written. */
export function writeOut(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CtrError('cannot-write', exitCodes.notReady, {
      en: `cannot write ${file}: ${sayErrno(error).en}`,
      zh: `无法写入 ${file}：${sayErrno(error).zh}`,
    });
  }
}

/** The facts to plan with: of a file, of this host, or of a sandbox host. @param host absent with --facts. */
export async function factsFor(
  voice: Voice,
  open: () => Promise<Context>,
  config: Config,
  flags: Pick<PlanFlags, 'facts' | 'detach' | 'sandbox'>,
): Promise<Facts> {
  if (flags.facts !== undefined) return await readSavedFacts(flags.facts);
  const terminal = terminalOf(voice, flags.detach === true);
  const { runner } = await open();
  if (flags.sandbox) {
    const { sandboxFacts } = await import('../facts/sandbox.ts');
    return await sandboxFacts(runner, config, terminal);
  }
  const [{ allRuns, heldBy }, { stateDirectory }, { readHost }] = await Promise.all([
    import('../state/runs.ts'),
    import('../state/directory.ts'),
    import('../facts/read.ts'),
  ]);
  const runs = await allRuns(runner, stateDirectory(voice.stateDir));
  return { ...(await readHost(runner, config, terminal)), ...heldBy(runs) };
}

/** A problem if a run of this name is up in a sandbox host. */
async function takenInSandbox(voice: Voice, { name }: Config): Promise<readonly Problem[]> {
  const { sandboxHosts } = await import('../sandbox/find.ts');
  return sandboxHosts(voice).some((one) => one.name === name) ? [runTaken(name)] : [];
}

/** E027: a container without an address has no plan. */
const noAddress = 'E027';

/** Whether a problem exists only because the user is not root; with root it goes away. */
function goesWithRoot({ code, place }: Problem, config: Config, facts: Facts): boolean {
  if (facts.uid === 0) return false;
  if (code === 'H002' || code === 'H009' || code === 'H010') return true;
  const rootfs = own(config.containers, place ?? '')?.rootfs ?? '';
  return code === 'E050' && own(facts.rootfs, rootfs)?.state === 'unreadable';
}

async function show(
  voice: Voice,
  file: string,
  config: Config,
  facts: Facts,
  how: Pick<PlanFlags, 'detach' | 'compare' | 'oneByOne' | 'brief' | 'focus'> & {
    readonly format: Format;
    readonly fast: boolean;
  },
): Promise<void> {
  const { language, color } = voice;
  const options = {
    ...{ language, color, title: file, depth: depthOf(how) },
    ...(process.stdout.isTTY === true || voice.environment.COLUMNS !== undefined
      ? { columns: textColumns(terminalColumns(voice.environment, process.stdout)) }
      : {}),
  };
  if (how.compare !== true) {
    const planned = (terminal: string | null): Plan => ({
      ...planFor(config, { ...facts, terminal }, how.fast),
      ...(how.oneByOne === true ? { oneByOne: true } : {}),
    });
    // The script may run on another terminal than this one, or on none.
    const text =
      how.format === 'sh' && how.detach !== true
        ? renderScript(planned(null), {
            ...options,
            onTerminal: planned(facts.terminal ?? 'linux'),
          })
        : renderers[how.format](planned(facts.terminal), options);
    voice.print(text.trimEnd());
    return;
  }
  const { renderComparison } = await import('../render/compare.ts');
  const [staged, quick] = [false, true].map((one) => planFor(config, facts, one)) as [Plan, Plan];
  voice.print(renderComparison(staged, quick, options).trimEnd());
}

/**
 * `ctr plan` and `ctr up --dry-run`: prints what would run, and changes nothing.
 * @throws CtrError with exit code 4 for what `up` would refuse; the plan is printed before.
 */
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
  if (depthOf(flags) !== 'full' && (format !== 'text' || flags.compare === true)) {
    throw new CtrError('depth-needs-text', exitCodes.usage, {
      en: '--brief and --focus are for a plan as text',
      zh: '--brief 和 --focus 只用于文本形式的计划',
    });
  }
  for (const path of [flags.facts, flags.factsOut, flags.out]) requireStart(path ?? '/');
  const { config, warnings, fast } = readSource(file, flags);
  const facts = await factsFor(voice, open, config, flags);
  const here = flags.facts === undefined && !flags.sandbox;
  const { problems, warnings: found } = await judge(config, facts, fast);
  const standing = [
    ...problems.filter((one) => !goesWithRoot(one, config, facts)),
    ...(flags.sandbox && flags.facts === undefined ? await takenInSandbox(voice, config) : []),
  ];
  tellWarnings(voice, [...warnings, ...found, ...(here ? unreadAsUser(config, facts) : [])]);
  const undecided = standing.some(({ code }) => code === noAddress);
  if (!undecided) {
    if (flags.factsOut !== undefined) {
      writeOut(flags.factsOut, `${JSON.stringify(facts, null, 2)}\n`);
    }
    if (flags.out !== undefined) writeOut(flags.out, savePlan(config, facts, fast));
    await show(voice, file, config, facts, { ...flags, format, fast });
  }
  if (standing.length === 0) return exitCodes.done;
  const count = standing.length;
  throw new CtrError(
    'host-not-ready',
    exitCodes.notReady,
    {
      en: `ctr up would refuse ${file}: ${count} ${count === 1 ? 'problem' : 'problems'}`,
      zh: `ctr up 会拒绝 ${file}：有 ${count} 个问题`,
    },
    { problems: standing },
  );
}
