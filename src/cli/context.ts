import type { Context } from '../context.ts';
import { runner } from '../engine/runner.ts';
import { defaultStateDir } from '../engine/state-path.ts';
import { chooseLanguage } from '../text.ts';

/** The flags that every verb takes. */
export interface GlobalFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  /** commander sets it to false for --no-color. */
  readonly color?: boolean;
  readonly input?: boolean;
  readonly lang?: string;
  readonly stateDir?: string;
}

export function createContext(flags: GlobalFlags): Context {
  const { env } = process;
  const plain = env.NO_COLOR !== undefined && env.NO_COLOR !== '';
  return {
    language: chooseLanguage(flags.lang, env),
    json: flags.json === true,
    quiet: flags.quiet === true,
    verbose: flags.verbose === true,
    color: flags.color !== false && !plain && process.stdout.isTTY === true,
    interactive: flags.input !== false && process.stdin.isTTY === true,
    stateDir: flags.stateDir ?? defaultStateDir(env, process.geteuid?.() ?? 0),
    runner,
    environment: env,
    print: (text) => process.stdout.write(`${text}\n`),
    tell: (text) => process.stderr.write(`${text}\n`),
  };
}
