import { createReadStream, existsSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Context, say } from '../context.ts';
import { findContainer } from '../engine/find-container.ts';
import { stateDirectory } from '../engine/state.ts';
import { exitCodes } from '../errors.ts';

/** `ctr logs`: what a detached container has written, as it wrote it. */
export async function logs(context: Context, name: string): Promise<number> {
  const directory = stateDirectory(context.stateDir);
  const { run, container } = findContainer(directory, name);
  const path = directory.logPath(run.name, container.name);
  if (existsSync(path)) {
    await pipeline(createReadStream(path), process.stdout, { end: false });
  } else if (!run.detached) {
    context.tell(
      say(context, {
        en: `${name} has no log: it runs in the foreground of another terminal`,
        zh: `${name} 没有日志：它在另一个终端的前台运行`,
      }),
    );
  }
  return exitCodes.done;
}
