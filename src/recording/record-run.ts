import type { Runner } from '../exec/runner.ts';
import type { Event } from '../model/events.ts';
import type { RunView } from '../run/bring-up.ts';
import type { StateDirectory } from '../state/directory.ts';
import { observerOf } from './observer.ts';
import { type Observer, type Recorder, type RecorderOptions, recorder } from './recorder.ts';

/** Versions of the tools whose words and behaviour differ between versions, by name. */
export async function toolVersions(runner: Runner): Promise<Readonly<Record<string, string>>> {
  const ask = async (name: string, argv: readonly string[], pattern: RegExp) => {
    const { stdout } = await runner.run(argv);
    const [, version] = pattern.exec(stdout) ?? [];
    return version === undefined ? [] : [[name, version] as const];
  };
  const found = await Promise.all([
    ask('iproute2', ['ip', '-V'], /iproute2-([\w.-]+)/),
    ask('util-linux', ['unshare', '--version'], /util-linux ([\w.-]+)/),
  ]);
  return Object.fromEntries(found.flat());
}

/** A recorder of a run on this host, whose containers are those in the run's record. */
export function runRecorder(
  options: Omit<RecorderOptions, 'observer'>,
  runner: Runner,
  directory: StateDirectory,
  observer?: Observer,
): Recorder {
  const { plan } = options;
  return recorder({ ...options, observer: observer ?? observerOf(runner, directory, plan) });
}

/** A view of a run that is recorded too: after each step the host is read. */
export function alsoRecorded(view: RunView, recording: Recorder): Required<RunView> {
  return {
    see(event: Event) {
      recording.see(event);
      // A view that is paced is waited for.
      return view.see(event);
    },
    async after(event: Event) {
      if (event.event === 'plan') await recording.moment('start', -1);
      if (event.event === 'stepped') await recording.moment('step', event.step);
      await view.after?.(event);
    },
    close: view.close,
  };
}
