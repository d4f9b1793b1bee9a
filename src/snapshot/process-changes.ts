import type { Change } from './change.ts';
import { fieldChanges } from './keyed-changes.ts';
import { onlyIn } from './only-in.ts';
import type { MountState, ProcessState } from './snapshot.ts';

/** The mount on a path that is seen: the last one. */
function mountOn({ mounts }: ProcessState, path: string): MountState | undefined {
  return mounts.findLast((mount) => mount.path === path);
}

/** A root on another file system is a change of its own: all paths are looked up from there. */
function rootChanges(place: string, before: ProcessState, after: ProcessState): readonly Change[] {
  const [was, is] = [mountOn(before, '/'), mountOn(after, '/')];
  if (was === undefined || is === undefined || was.device === is.device) return [];
  const about = { place, object: 'mount', of: '/', kind: is.type } as const;
  return [{ ...about, op: 'changed', field: 'file system', from: was.type, to: is.type }];
}

function mountChanges(place: string, before: ProcessState, after: ProcessState): readonly Change[] {
  const texts = ({ mounts }: ProcessState) =>
    mounts.flatMap(({ path, type }) => (path === '/' ? [] : [`${path} ${type}`]));
  const change = (op: 'added' | 'removed') => (text: string) => ({
    place,
    op,
    object: 'mount' as const,
    of: text.slice(0, text.lastIndexOf(' ')),
    kind: text.slice(text.lastIndexOf(' ') + 1),
  });
  return [
    ...rootChanges(place, before, after),
    ...onlyIn(texts(before), texts(after)).map(change('removed')),
    ...onlyIn(texts(after), texts(before)).map(change('added')),
  ];
}

export function processChanges(
  place: string,
  before: ProcessState,
  after: ProcessState,
): readonly Change[] {
  const identity = ({ pid, start }: ProcessState) => `${pid} ${start}`;
  return [
    ...fieldChanges(
      { place, object: 'process', of: 'process 1' },
      { identity: identity(before), command: before.command.join(' ') },
      { identity: identity(after), command: after.command.join(' ') },
    ),
    ...fieldChanges(
      { place, object: 'hostname', of: 'host name' },
      { value: before.hostname },
      { value: after.hostname },
    ),
    ...mountChanges(place, before, after),
  ];
}
