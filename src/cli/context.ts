import { writeError } from '../exec/standard-error.ts';
import { chooseLanguage } from '../model/text.ts';
import { sanitize } from '../render/escape-controls.ts';
import type { Context, Voice } from '../run/context.ts';
import { chooseStateDir } from '../state/state-path.ts';
import { sweepInstances } from '../trace/kernel/sweep.ts';
import { closeInherited } from './descriptors.ts';

/** The flags of every verb. */
export interface GlobalFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  /** commander sets it to false for --no-color. */
  readonly color?: boolean;
  readonly input?: boolean;
  readonly lang?: string;
  readonly stateDir?: string;
  /** Seconds. */
  readonly timeout?: number;
}

export function createVoice(flags: GlobalFlags): Voice {
  const { env } = process;
  const plain = env.NO_COLOR !== undefined && env.NO_COLOR !== '';
  const wanted = flags.color !== false && !plain;
  const color = () => wanted && process.stdout.isTTY === true;
  const colorOnError = () => wanted && process.stderr.isTTY === true;
  return {
    language: chooseLanguage(flags.lang, env),
    json: flags.json === true,
    quiet: flags.quiet === true,
    verbose: flags.verbose === true,
    mayAsk: flags.input !== false,
    get colorOnError() {
      return colorOnError();
    },
    get color() {
      return color();
    },
    ...chooseStateDir(flags.stateDir, env, process.geteuid?.() ?? 0),
    environment: env,
    print: (text) => process.stdout.write(`${sanitize(text, color())}\n`),
    tell: (text) => writeError(`${sanitize(text, false)}\n`),
    tellColored: (text) => writeError(`${sanitize(text, colorOnError())}\n`),
  };
}

/** Loads the runner only when a verb needs it: help and version start no process. */
export async function createContext(flags: GlobalFlags): Promise<Context> {
  closeInherited();
  const { runner, withTimeout } = await import('../exec/runner.ts');
  const { timeout } = flags;
  await sweepInstances(runner);
  return Object.assign(createVoice(flags), {
    runner: timeout === undefined ? runner : withTimeout(runner, timeout * 1000),
  });
}
