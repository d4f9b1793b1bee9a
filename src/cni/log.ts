import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { writeError } from '../exec/standard-error.ts';
import { shellLine } from '../model/command.ts';
import type { Event, View } from '../model/events.ts';
import type { Plan } from '../model/plan.ts';

/** A line of the log of an attachment. */
export interface LogLine {
  /** ISO 8601. */
  readonly at: string;
  readonly command: string;
  readonly container: string;
  readonly ifname: string;
  readonly network: string;
  /** What ran, as a person would type it; absent for a verb's beginning and end. */
  readonly ran?: string;
  readonly why?: string;
  /** `done`, an undo's result, or the error. */
  readonly result: string;
}

/** The folder of the logs: a run's name cannot start with a dot. */
export function logFolder(stateDir: string): string {
  return `${stateDir}/.cni`;
}

/** Writes to files, and never lets an attachment fail because a log cannot be written. */
export class CniLog {
  private readonly folder: string;
  private readonly files: readonly string[];
  private readonly common: Pick<LogLine, 'command' | 'container' | 'ifname' | 'network'>;

  constructor(
    stateDir: string,
    name: string,
    common: Pick<LogLine, 'command' | 'container' | 'ifname' | 'network'>,
    extra: string | undefined,
  ) {
    this.common = common;
    this.folder = logFolder(stateDir);
    this.files = [`${this.folder}/${name}.log`, ...(extra === undefined ? [] : [extra])];
  }

  add(line: Pick<LogLine, 'ran' | 'why' | 'result'>): void {
    const text = `${JSON.stringify({ at: new Date().toISOString(), ...this.common, ...line })}\n`;
    for (const file of this.files) {
      try {
        if (file.startsWith(this.folder)) mkdirSync(this.folder, { mode: 0o700 });
      } catch {
        // It is there, or nothing of ctr's is.
      }
      try {
        appendFileSync(file, text, { mode: 0o600 });
      } catch {
        // A full disk must not keep a container from its network.
      }
    }
    writeError(
      `ctr-cni: ${line.ran === undefined ? line.result : `${line.ran}  # ${line.result}`}\n`,
    );
  }

  /**
   * A view that logs every command that ran, with the reason of its step.
   * @param plan the plan that runs: commands that one process runs together are logged one by one.
   */
  view(plan?: Plan): View {
    let why = '';
    const single = (step: number, line: string): readonly string[] => {
      const found = plan?.steps[step]?.commands.find(({ argv }) => shellLine(argv) === line);
      return found?.batch?.map(({ argv }) => shellLine(argv)) ?? [line];
    };
    return (event: Event) => {
      switch (event.event) {
        case 'step':
          why = event.why.en;
          break;
        case 'ran':
          for (const ran of single(event.step, event.line)) this.add({ ran, why, result: 'done' });
          break;
        case 'failed':
          this.add({ ran: event.failure.line, why, result: event.failure.said || 'failed' });
          break;
        case 'undo':
          this.add({ ran: event.line, result: `undo: ${event.result}` });
          break;
        default:
      }
    };
  }
}

function isLine(value: unknown): value is LogLine {
  return typeof value === 'object' && value !== null && 'at' in value && 'result' in value;
}

/** Milliseconds that a log is kept after its last line. */
const keptMs = 3_600_000;

/** All lines of the logs, oldest first. @param container a container's id, or its beginning. */
export function readLogs(stateDir: string, container?: string): readonly LogLine[] {
  const folder = logFolder(stateDir);
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .flatMap((name) => readFileSync(`${folder}/${name}`, 'utf8').split('\n'))
    .flatMap((text): LogLine[] => {
      try {
        const line: unknown = JSON.parse(text);
        return isLine(line) ? [line] : [];
      } catch {
        return [];
      }
    })
    .filter((line) => container === undefined || line.container.startsWith(container))
    .sort((one, other) => one.at.localeCompare(other.at));
}

/** Removes the logs of attachments that no longer exist, an hour after their last line. */
export function dropOldLogs(stateDir: string, there: readonly string[]): void {
  const folder = logFolder(stateDir);
  try {
    for (const file of readdirSync(folder)) {
      const name = file.replace(/\.log$/, '');
      const old = Date.now() - statSync(`${folder}/${file}`).mtimeMs > keptMs;
      if (old && !there.includes(name)) unlinkSync(`${folder}/${file}`);
    }
    rmdirSync(folder);
  } catch {
    // There is none, or some are kept.
  }
}
