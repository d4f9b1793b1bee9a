import { allProcesses, namespaceOf, ownerOf, parentOf, startTimeOf } from '../exec/processes.ts';
import { supervisorMark } from '../exec/supervisor.ts';
import { gate } from '../model/gate.ts';
import { markedContainer } from '../model/names.ts';
import { supervisorV1 } from './record-v1.ts';
/** A container's start process on this host, identified by its command line, without a record. */
export interface MarkedStart {
  readonly run: string;
  readonly container: string;
  readonly pid: number;
  readonly start: string;
}

/** Running containers, recorded or not, without those of a ctr in a sandbox host. */
export function markedStarts(): readonly MarkedStart[] {
  const here = namespaceOf('self');
  return [...allProcesses()].flatMap(({ pid, argv }) => {
    if (argv[0] !== 'unshare') return [];
    const mark = markedContainer(argv[argv.findIndex((word) => word.startsWith(gate)) + 1]);
    const parent = parentOf(pid);
    const start = startTimeOf(pid);
    if (mark === undefined || parent === undefined || start === undefined) return [];
    return namespaceOf(parent) === here ? [{ ...mark, pid, start }] : [];
  });
}

/** The user who runs a container of this run, by its command line, if that is not the caller. */
export function otherOwnerOf(run: string): number | undefined {
  for (const { pid, argv } of allProcesses()) {
    if (argv[0] !== 'unshare') continue;
    const mark = markedContainer(argv[argv.findIndex((word) => word.startsWith(gate)) + 1]);
    const owner = mark?.run === run ? ownerOf(pid) : undefined;
    if (owner !== undefined && owner !== process.geteuid?.()) return owner;
  }
  return undefined;
}

/** Words in a supervisor's command line that tell what it is. */
const marks: readonly string[] = [supervisorMark, supervisorV1.mark];

/** The supervisors of detached runs, and their run folders. */
export function supervisors(): readonly {
  readonly pid: number;
  readonly start: string;
  readonly runPath: string;
}[] {
  return [...allProcesses()].flatMap(({ pid, argv }) => {
    const [shell, , , mark, runPath] = argv;
    const start = startTimeOf(pid);
    if (
      shell !== 'sh' ||
      !marks.includes(mark ?? '') ||
      runPath === undefined ||
      start === undefined
    ) {
      return [];
    }
    return [{ pid, start, runPath }];
  });
}

export function markedSupervisor(runPath: string) {
  return supervisors().find((one) => one.runPath === runPath);
}
