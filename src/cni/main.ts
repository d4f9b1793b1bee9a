import { readFileSync, writeSync } from 'node:fs';
import { runner } from '../exec/runner.ts';
import { throughShells } from '../exec/shells.ts';
import { CtrError, messageOf } from '../model/errors.ts';
import { release } from '../model/release.ts';
import { stateDirectory } from '../state/directory.ts';
import { chooseStateDir } from '../state/state-path.ts';
import { CniError, codes } from './failure.ts';
import { decode } from './network-config.ts';
import { type CniCommand, commandIn, readParameters } from './parameters.ts';
import type { Request } from './request.ts';
import { supportedVersions } from './versions.ts';

type Verb = (request: Request) => Promise<unknown>;

const verbs: Readonly<Record<Exclude<CniCommand, 'VERSION'>, () => Promise<Verb>>> = {
  ADD: async () => (await import('./add.ts')).add,
  DEL: async () => (await import('./del.ts')).del,
  CHECK: async () => (await import('./check.ts')).check,
  GC: async () => (await import('./gc.ts')).gc,
  STATUS: async () => (await import('./status.ts')).status,
};

/** The environment without its unset variables. */
function given(environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

/** The version that the answer is in: the asked one, if it can be told. */
function askedVersion(text: string): string {
  try {
    return decode(text).version;
  } catch {
    return supportedVersions.at(-1) ?? '';
  }
}

function failure(error: unknown): CniError {
  if (error instanceof CniError) return error;
  if (error instanceof CtrError) {
    const { ran, said, problems = [] } = error.details;
    const told = [ran, said, ...problems.map(({ message }) => message.en)];
    const code = error.code === 'lock-held' ? codes.again : codes.stepFailed;
    return new CniError(code, error.text.en, told.filter((one) => one !== undefined).join('; '));
  }
  return new CniError(codes.bug, `a bug in ctr ${release}: ${messageOf(error)}`);
}

/**
 * Writes all of it before it returns: the process ends right after.
 * @returns whether somebody may read it: not when the engine has died and its pipe is closed (pipe(7), EPIPE).
 */
function writeOut(text: string): boolean {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      // A pipe that an engine has made non-blocking is full.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN') return code !== 'EPIPE';
    }
  }
  return true;
}

function readInput(): string {
  try {
    return readFileSync(0, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Runs as a CNI plugin (specification 1.1.0): parameters in the environment, the network configuration on standard
 * input, and on standard output the result as JSON and nothing else.
 * @returns the exit code.
 */
export async function runPlugin(environment: NodeJS.ProcessEnv): Promise<number> {
  const text = readInput();
  const print = (value: unknown) => writeOut(`${JSON.stringify(value)}\n`);
  try {
    const command = commandIn(environment);
    if (command === 'VERSION') {
      print({ cniVersion: askedVersion(text), supportedVersions });
      return 0;
    }
    const parameters = readParameters(environment);
    const { stateDir } = chooseStateDir(undefined, environment, process.geteuid?.() ?? 0);
    const request: Request = {
      parameters,
      text,
      environment: given(environment),
      stateDir,
      directory: stateDirectory(stateDir),
      runner: command === 'ADD' ? runner : throughShells(runner),
    };
    const verb = await verbs[command]();
    const result = await verb(request);
    const heard = result === undefined || print(result);
    // An engine that died during its ADD knows of no attachment, and would never ask for DEL.
    if (!heard && command === 'ADD') await (await verbs.DEL())(request);
    return 0;
  } catch (error) {
    const { code, message, details } = failure(error);
    print({
      cniVersion: askedVersion(text),
      code,
      msg: message,
      ...(details === undefined || details === '' ? {} : { details }),
    });
    return 1;
  }
}
