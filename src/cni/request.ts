import type { Runner } from '../exec/runner.ts';
import { attachmentName } from '../model/names.ts';
import type { StateDirectory } from '../state/directory.ts';
import type { RunState } from '../state/record.ts';
import { CniLog } from './log.ts';
import type { Parameters } from './parameters.ts';

/** What the verbs work with. */
export interface Request {
  readonly parameters: Parameters;
  /** The network configuration, as it came. */
  readonly text: string;
  /** All variables that the engine gave: an IPAM plugin gets them. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stateDir: string;
  readonly directory: StateDirectory;
  readonly runner: Runner;
}

/** The name of the attachment that a request is about. */
export function nameOf(network: string, { containerId, ifname }: Parameters): string {
  return attachmentName(network, containerId, ifname);
}

/** The record of an attachment, if it can be read. */
export function recordOf(directory: StateDirectory, name: string): RunState | undefined {
  try {
    return directory.load(name);
  } catch {
    return undefined;
  }
}

export function logOf({ parameters, stateDir }: Request, network: string, extra?: string): CniLog {
  const { command, containerId, ifname } = parameters;
  const common = { command, container: containerId, ifname, network };
  return new CniLog(stateDir, nameOf(network, parameters), common, extra);
}
