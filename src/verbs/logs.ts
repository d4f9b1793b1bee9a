import { closeSync, constants, openSync, readSync } from 'node:fs';
import { isAlive, sleep } from '../exec/processes.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { refuseJson } from '../render/result.ts';
import { type Context, say } from '../run/context.ts';
import { type StateDirectory, stateDirectory } from '../state/directory.ts';
import { type EndedRun, endOf, keptLog } from '../state/ended.ts';
import { findContainer, noSuchContainer } from '../state/find-container.ts';
import { notedOf } from '../state/runs.ts';

const chunkBytes = 65_536;
/** Milliseconds between two reads of a followed log. */
const intervalMs = 100;

function open(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return undefined;
  }
}

/** @returns false when the reader has closed the pipe. */
function print(bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    process.stdout.write(bytes, (error) => resolve(error == null));
  });
}

/** Prints an open log, and what is appended while `goesOn` returns true. */
async function printLog(descriptor: number, goesOn: () => boolean): Promise<void> {
  const chunk = Buffer.alloc(chunkBytes);
  for (;;) {
    // Evaluated before the last read, so that everything written until then is printed.
    const more = goesOn();
    let length = readSync(descriptor, chunk);
    for (; length > 0; length = readSync(descriptor, chunk)) {
      if (!(await print(Uint8Array.prototype.slice.call(chunk, 0, length)))) return;
    }
    if (!more) return;
    await sleep(intervalMs);
  }
}

/** Whether a container may still write: it is running, or its run is coming up. */
function mayWrite(directory: StateDirectory, run: string, container: string): boolean {
  const { children, ready } = notedOf(directory, run);
  const child = children.get(container);
  if (child !== undefined) return isAlive(child.pid, child.start);
  return !ready && directory.names().includes(run);
}

/** Says whose log this is and which others exist, like kubectl(1). */
function tellOthers(context: Context, run: string, shown: string, all: readonly string[]): void {
  const others = all.filter((one) => one !== shown).map((one) => `${run}/${one}`);
  if (others.length === 0 || context.quiet) return;
  context.tell(
    say(context, {
      en: `this is the log of ${run}/${shown}; the other logs are: ${others.join(', ')}`,
      zh: `这是 ${run}/${shown} 的日志；其他日志：${others.join('、')}`,
    }),
  );
}

async function printKept(context: Context, name: string, ended: EndedRun): Promise<number> {
  const [, wanted] = name.split('/');
  const all = [...ended.exitCodes.keys()];
  const container = wanted === undefined ? all[0] : all.find((one) => one === wanted);
  if (container === undefined) {
    throw noSuchContainer(ended.name, wanted ?? '', all, exitCodes.usage);
  }
  if (wanted === undefined) tellOthers(context, ended.name, container, all);
  const log = keptLog(context.stateDir, ended.name, container);
  const descriptor = log === undefined ? undefined : open(log.path);
  if (descriptor === undefined) return exitCodes.done;
  if (log?.cut === true) {
    context.tell(
      say(context, {
        en: 'ctr kept only the end of this log',
        zh: 'ctr 只保留了这份日志的末尾部分',
      }),
    );
  }
  await printLog(descriptor, () => false).finally(() => closeSync(descriptor));
  return exitCodes.done;
}

function foundOrEnded(context: Context, directory: StateDirectory, name: string) {
  try {
    return findContainer(directory, name);
  } catch (error) {
    if (!(error instanceof CtrError && error.code === 'no-such-run')) throw error;
    // Checked after the run: how it ended is written before its record is removed.
    const ended = endOf(context.stateDir, name.split('/')[0] ?? '');
    if (ended === undefined) throw error;
    return ended;
  }
}

/**
 * `ctr logs`: prints the unmodified output of a detached container, even after its run has recently ended by itself.
 * @param follow keeps printing until the container ends.
 */
export async function logs(context: Context, name: string, follow: boolean): Promise<number> {
  refuseJson(context, { en: 'the log of a container', zh: '容器的日志' });
  const directory = stateDirectory(context.stateDir);
  const found = foundOrEnded(context, directory, name);
  if (!('run' in found)) return await printKept(context, name, found);
  const { run, lab, container } = found;
  const descriptor = open(directory.logPath(run.name, container.name));
  if (descriptor === undefined) {
    const ended = endOf(context.stateDir, run.name);
    if (run.detached && ended !== undefined) return await printKept(context, name, ended);
    if (!run.detached) {
      context.tell(
        say(context, {
          en: `${name} has no log: it runs in the foreground of another terminal`,
          zh: `${name} 没有日志：它在另一个终端的前台运行`,
        }),
      );
    }
    return exitCodes.done;
  }
  const all = lab.containers.map((one) => one.name);
  if (!name.includes('/')) tellOthers(context, run.name, container.name, all);
  const goesOn = () => follow && mayWrite(directory, run.name, container.name);
  await printLog(descriptor, goesOn).finally(() => closeSync(descriptor));
  return exitCodes.done;
}
