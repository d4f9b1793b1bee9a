import type { Probe } from './probe.ts';

/** setpriv and what the loader needs to start it: full paths, no duplicates of one name. */
export function parseHelper(stdout: string): readonly string[] {
  const paths = stdout.split('\n').flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);
  return [...new Set(paths)];
}

/**
 * The loader lists what it would load, as ldd(1) has it do (ld.so(8), LD_TRACE_LOADED_OBJECTS):
 * `ctr exec` lends these to a container, read-only.
 */
export function helper(setpriv: string): Probe<readonly string[]> {
  return {
    argv: [setpriv],
    environment: { LD_TRACE_LOADED_OBJECTS: '1' },
    parse: (stdout) => [setpriv, ...parseHelper(stdout)],
    absent: [setpriv],
  };
}
