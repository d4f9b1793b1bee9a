import { existsSync, readFileSync } from 'node:fs';
import type { Runner } from '../exec/runner.ts';
import { fillInput, shellLine } from '../model/command.ts';
import type { Plan } from '../model/plan.ts';
import type { Resource, WrittenFile } from '../model/resource.ts';
import type { Command } from '../model/step.ts';
import type { Text } from '../model/text.ts';
import { absent, present } from '../snapshot/appearance.ts';
import { inWords } from '../snapshot/causes.ts';
import { readSettled } from '../snapshot/index.ts';

/** How a state differs from a stage of the plan. */
export interface StageFinding {
  /** `missing`: a step before the stage made it. `extra`: only a step after the stage makes it. */
  readonly problem: 'missing' | 'extra';
  readonly step: number;
  readonly id: string;
  readonly line: string;
  readonly what: Text;
}

/** Where a container's future file is, as ctr sees it: first in the upper layer of its overlay, later in its root. */
function pathsOf({ path }: WrittenFile, pid: number): readonly string[] {
  const root = `/proc/${pid}/root`;
  return [`${root}/mnt/upper${path}`, `${root}${path}`];
}

function words(text: string): string {
  return text.split(/\s+/).join(' ').trim();
}

/** @returns undefined when nobody can tell. */
function isWritten(
  file: WrittenFile,
  { input }: Command,
  pids: ReadonlyMap<string, number>,
  pivoted: ReadonlySet<string>,
): boolean | undefined {
  const pid = pids.get(file.container ?? '');
  if (file.container === undefined || pid === undefined) return undefined;
  // The new root hides what it was built from.
  if (file.path.startsWith('/mnt/') && pivoted.has(file.container)) return undefined;
  const found = pathsOf(file, pid).find((path) => existsSync(path));
  if (found === undefined) return false;
  if (input === undefined) return true;
  return words(readFileSync(found, 'utf8')) === words(fillInput(input, pids));
}

/** pivot_root(2) puts the old root over this directory, and umount(2) lays it open again. */
function oldRoot(pid: number): string {
  return `/proc/${pid}/root/dev/.ctr`;
}

function isPivoted(pid: number | undefined): boolean {
  return pid !== undefined && existsSync(oldRoot(pid));
}

/** Whether the root has been changed; a snapshot shows a mount on / before that, too. */
function isRooted(one: Resource, pids: ReadonlyMap<string, number>): boolean | undefined {
  if (one.kind !== 'mount') return undefined;
  const pid = pids.get(one.container);
  if (one.path === '/') return isPivoted(pid);
  if (one.path !== '/dev/.ctr') return undefined;
  return pid !== undefined && existsSync(`${oldRoot(pid)}/setpriv`);
}

/**
 * Compares the kernel with the plan's state after so many steps. Every resource of those steps must be there, and none
 * of a later step.
 * @param pids the containers' first processes, whoever started them.
 */
export async function checkStage(
  runner: Runner,
  { steps }: Plan,
  position: number,
  pids: ReadonlyMap<string, number>,
): Promise<readonly StageFinding[]> {
  const done = steps.slice(0, position).flatMap(({ commands }) => commands.flatMap(made));
  const snapshot = await readSettled(runner, { containers: pids }, done);
  const pivoted = new Set([...pids.keys()].filter((name) => isPivoted(pids.get(name))));
  // What the old root shows is out of sight only behind the new one.
  const isBehind = (one: Resource) =>
    one.kind === 'mount' && !one.path.startsWith('/mnt') && !pivoted.has(one.container);
  const gone = new Set(
    absent(
      done.filter((one) => !isBehind(one)),
      snapshot,
    ),
  );
  const before = new Set(done.map((one) => JSON.stringify(one)));
  return steps.flatMap(({ id, commands }, index) =>
    commands.flatMap((command): readonly StageFinding[] => {
      const line = shellLine(command.argv);
      const finding = (problem: StageFinding['problem'], one: Resource) =>
        ({ problem, step: index + 1, id, line, what: inWords(one) }) as const;
      return made(command).flatMap((one): readonly StageFinding[] => {
        if (index < position) {
          const there =
            one.kind === 'file' ? isWritten(one, command, pids, pivoted) : isRooted(one, pids);
          return (there ?? !gone.has(one)) === false ? [finding('missing', one)] : [];
        }
        if (before.has(JSON.stringify(one))) return [];
        return (isRooted(one, pids) ?? present(one, snapshot)) ? [finding('extra', one)] : [];
      });
    }),
  );
}

function made({ makes, batch }: Command): readonly Resource[] {
  return batch === undefined ? makes : batch.flatMap(made);
}
