import { closeSync, fstatSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/schema.ts';
import { requireStart } from '../exec/working-directory.ts';
import type { Facts } from '../facts/index.ts';
import { shellQuote } from '../model/command.ts';
import { sayErrno } from '../model/errno.ts';
import { CtrError } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import { release } from '../model/release.ts';
import { isSandboxHost } from '../model/world-addresses.ts';
import type { Remake } from '../recording/masked.ts';
import { openRecording } from '../recording/open.ts';
import { alsoRecorded, runRecorder, toolVersions } from '../recording/record-run.ts';
import type { Observer, Recorder } from '../recording/recorder.ts';
import type { RunView } from '../run/bring-up.ts';
import { type Context, say } from '../run/context.ts';
import type { StateDirectory } from '../state/directory.ts';

/** A run that is about to be recorded. */
export interface Tape {
  /**
   * Starts to record. @returns a view that shows the run and records it.
   * @param observer how the recorder sees the host, if it does not look for itself.
   */
  start(
    view: RunView,
    of: { readonly config: Config; readonly plan: Plan; readonly facts: Facts },
    observer?: Observer,
  ): Promise<{ readonly recording: Recorder; readonly view: RunView }>;
  /** Says where the recording is; closes a file to which nothing was written. */
  close(silently: boolean): void;
}

/**
 * Opens the file before anything is changed.
 * @param remake makes a plan: this part is bundled without the code that does.
 * @throws CtrError when it cannot be written.
 */
export function openTape(
  context: Context,
  directory: StateDirectory,
  file: string,
  remake: Remake,
): Tape {
  requireStart(file);
  const path = resolve(file);
  const descriptor = openRecording(path);
  let started = false;
  let broken = false;
  const trouble = (error: unknown) => {
    broken = true;
    if (context.quiet || context.json) return;
    const why = error instanceof CtrError ? error.text : sayErrno(error);
    context.tell(
      say(context, {
        en: `the recording ends here: ${why.en}; the run goes on`,
        zh: `录制到此为止：${why.zh}；运行继续`,
      }),
    );
  };
  return {
    async start(view, of, observer) {
      started = true;
      const recording = runRecorder(
        {
          ...of,
          remake,
          descriptor,
          trouble,
          release,
          language: context.language,
          place: isSandboxHost(of.facts.links) ? 'sandbox' : 'host',
          made: new Date(),
          tools: await toolVersions(context.runner),
        },
        context.runner,
        directory,
        observer,
      );
      return { recording, view: alsoRecorded(view, recording) };
    },
    close(silently) {
      if (!started) {
        const unused = fstatSync(descriptor).size === 0;
        closeSync(descriptor);
        if (unused) rmSync(path, { force: true });
        return;
      }
      if (silently || broken || context.quiet || context.json) return;
      const name = shellQuote(file);
      context.tell(
        say(context, { en: `recorded: ctr replay ${name}`, zh: `已录制：ctr replay ${name}` }),
      );
    },
  };
}
