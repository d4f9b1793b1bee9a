import type { Probe } from './probe.ts';

/** The full paths of the libraries that a program needs. */
export function parseHelper(stdout: string): readonly string[] {
  const paths = stdout.split('\n').flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);
  return [...new Set(paths)];
}

/** The programs that `ctr exec` mounts read-only in a container, with their libraries. */
export const helperPrograms = ['setpriv', 'chroot', 'env'] as const;

/** Has the loader list the libraries of a program, as ldd(1) does (ld.so(8), LD_TRACE_LOADED_OBJECTS). */
export function helper(program: string): Probe<readonly string[]> {
  return {
    argv: [program],
    environment: { LD_TRACE_LOADED_OBJECTS: '1' },
    parse: (stdout) => [program, ...parseHelper(stdout)],
    absent: [program],
  };
}
