import { tutorialSchema } from '../config/schema.ts';
import { fromTutorial } from '../config/tutorial.ts';
import { readMissingCapabilities } from '../facts/privilege.ts';
import { readHost } from '../facts/read.ts';
import { shellLine } from '../model/command.ts';
import type { Context } from '../run/context.ts';
import { readMarks } from '../run/marks.ts';
import { judge } from '../run/prepare.ts';
import { orphans } from '../run/sweep.ts';
import { refusal } from '../sandbox/refused.ts';
import { stateDirectory } from '../state/directory.ts';
import { markedStarts } from '../state/marked-processes.ts';
import { allRuns, heldBy, type Run } from '../state/runs.ts';
import type { Opened, TutorialHere } from './host.ts';

async function tutorialHere(
  context: Context,
  runs: Promise<readonly Run[]>,
): Promise<TutorialHere> {
  // The root file system does not matter for what doctor asks.
  const flat = { host_name: 'labex', root_dir: '/', ip: '192.168.0.100' };
  const bridge = { bridge_name: 'ctr0', bridge_ip: '192.168.0.1' };
  const config = fromTutorial(tutorialSchema.parse({ ...flat, ...bridge }));
  // What runs hold is unknown when the state directory cannot be read; two parts of the report say so.
  const known = runs.catch((): readonly Run[] => []);
  const [host, held] = await Promise.all([readHost(context.runner, config, null), known]);
  const facts = { ...host, ...heldBy(held) };
  const { problems, warnings } = await judge(config, facts, false);
  return { facts, found: [...problems, ...warnings] };
}

/** Starts the slow readings at once. */
export function openHost(context: Context): Opened {
  const { runner } = context;
  const asRoot = (process.geteuid?.() ?? 0) === 0;
  const mayChange = asRoot && readMissingCapabilities().length === 0;
  const runs = allRuns(runner, stateDirectory(context.stateDir));
  return {
    context,
    asRoot,
    mayChange,
    tutorial: tutorialHere(context, runs),
    runs,
    async strays() {
      const marks = mayChange ? await readMarks(runner) : undefined;
      const found = marks === undefined ? [] : orphans(marks, await runs, markedStarts());
      return found.map(({ argv }) => shellLine(argv));
    },
    refusal: (said) => refusal(runner, asRoot, said),
  };
}
