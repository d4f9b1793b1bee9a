/** A process in a trace of strace(1), and every program that it executed, in order. */
export interface Traced {
  readonly pid: number;
  readonly parent: number | undefined;
  readonly programs: string[][];
}

/** Options of strace(1) for output that `parseTrace` can read. */
export const straceOptions: readonly string[] = [
  ...['-f', '-qq', '-s', '65536'],
  ...['-e', 'trace=execve,clone,clone3,fork,vfork', '-e', 'signal=none'],
];

function argvOf(call: string): string[] | undefined {
  const list = /^execve\("[^"]*", (\[.*\]), 0x[0-9a-f]+/.exec(call)?.[1];
  if (list === undefined) return undefined;
  return JSON.parse(list.replaceAll(/\\(?![nt"\\])/g, '\\\\')) as string[];
}

/** @param trace output of strace(1). @returns the processes, in order of first appearance. */
export function parseTrace(trace: string): readonly Traced[] {
  const found = new Map<number, Traced>();
  const parents = new Map<number, number>();
  const begun = new Map<number, string>();
  const of = (pid: number): Traced => {
    const known = found.get(pid) ?? { pid, parent: parents.get(pid), programs: [] };
    found.set(pid, known);
    return known;
  };
  for (const line of trace.split('\n')) {
    const [, number = '', said = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const pid = Number(number);
    if (said === '') continue;
    if (said.endsWith('<unfinished ...>')) {
      begun.set(pid, said.replace(/ *<unfinished \.\.\.>$/, ''));
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(said)?.[1];
    const call = resumed === undefined ? said : `${begun.get(pid) ?? ''}${resumed}`;
    const child = /^(?:clone3?|v?fork)\(.* = (\d+)$/.exec(call)?.[1];
    if (child !== undefined) parents.set(Number(child), pid);
    const argv = call.endsWith(' = 0') ? argvOf(call) : undefined;
    if (argv !== undefined) of(pid).programs.push(argv);
  }
  return [...found.values()].map((one) => ({ ...one, parent: parents.get(one.pid) }));
}
