import { CniError, codes } from './failure.ts';

export const commands = ['ADD', 'DEL', 'CHECK', 'GC', 'STATUS', 'VERSION'] as const;
export type CniCommand = (typeof commands)[number];

/** The parameters that an engine passes as environment variables (CNI 1.1.0, "Parameters"). */
export interface Parameters {
  readonly command: CniCommand;
  readonly containerId: string;
  /** Path of the network namespace; empty when the engine no longer has one. */
  readonly netns: string;
  readonly ifname: string;
  /** `CNI_ARGS`: KEY=VALUE pairs with semicolons between them. */
  readonly args: ReadonlyMap<string, string>;
  /** The directories of `CNI_PATH`. */
  readonly path: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What the specification allows as container id and network name. */
export const idPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** dev_valid_name() of the kernel, without the `%` that it would expand and without characters that tools dislike. */
const ifnamePattern = /^(?!\.{1,2}$)[^/:%\s\p{Cc}]{1,15}$/u;

function invalid(name: string, value: string): CniError {
  return new CniError(codes.environment, `${name} is not valid: ${JSON.stringify(value)}`);
}

function required(environment: Environment, name: string): string {
  const value = environment[name] ?? '';
  if (value === '') throw new CniError(codes.environment, `${name} is not set`);
  return value;
}

function argsOf(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at < 1 ? [] : [[pair.slice(0, at), pair.slice(at + 1)] as const];
  });
  return new Map(pairs);
}

export function commandIn(environment: Environment): CniCommand {
  const text = required(environment, 'CNI_COMMAND');
  const command = commands.find((one) => one === text);
  if (command === undefined) throw invalid('CNI_COMMAND', text);
  return command;
}

/** @throws CniError 4 that names the variable. */
export function readParameters(environment: Environment): Parameters {
  const command = commandIn(environment);
  const attached = command === 'ADD' || command === 'DEL' || command === 'CHECK';
  const containerId = attached ? required(environment, 'CNI_CONTAINERID') : '';
  if (attached && !idPattern.test(containerId)) throw invalid('CNI_CONTAINERID', containerId);
  const ifname = attached ? required(environment, 'CNI_IFNAME') : '';
  if (attached && (!ifnamePattern.test(ifname) || Buffer.byteLength(ifname) > 15)) {
    throw invalid('CNI_IFNAME', ifname);
  }
  const netns =
    command === 'ADD' || command === 'CHECK'
      ? required(environment, 'CNI_NETNS')
      : (environment.CNI_NETNS ?? '');
  return {
    command,
    containerId,
    netns,
    ifname,
    args: argsOf(environment.CNI_ARGS ?? ''),
    path: (environment.CNI_PATH ?? '').split(':').filter((one) => one !== ''),
  };
}
