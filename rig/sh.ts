import { execa } from 'execa';

export interface Ran {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** The environment of test programs, independent of the user who runs the tests. */
export const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  CTR_LANG: 'en',
  // No place for recordings that nobody asked for: the user's own are not pushed out by those of tests.
  XDG_STATE_HOME: '/dev/null/none',
  ...(process.env.TMPDIR === undefined ? {} : { TMPDIR: process.env.TMPDIR }),
};

/** Runs a program until it ends. */
export async function sh(argv: readonly string[], input = ''): Promise<Ran> {
  const [program = '', ...rest] = argv;
  const ended = await execa(program, rest, {
    reject: false,
    extendEnv: false,
    env: environment,
    input,
    timeout: 120_000,
    stripFinalNewline: false,
  });
  return { code: ended.exitCode, out: String(ended.stdout), err: String(ended.stderr) };
}
