import type { Probe } from './probe.ts';

/** What the loader needs to start a program: full paths. */
export function parseHelper(stdout: string): readonly string[] {
  const paths = stdout.split('\n').flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);
  return [...new Set(paths)];
}

/** The programs that `ctr exec` lends to a container, read-only, with what they need. */
export const helperPrograms = ['setpriv', 'chroot', 'env'] as const;

/** The loader lists what it would load, as ldd(1) has it do (ld.so(8), LD_TRACE_LOADED_OBJECTS). */
export function helper(program: string): Probe<readonly string[]> {
  return {
    argv: [program],
    environment: { LD_TRACE_LOADED_OBJECTS: '1' },
    parse: (stdout) => [program, ...parseHelper(stdout)],
    absent: [program],
  };
}
