type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that make a program load or run other code before its own (ld.so(8), bash(1)). */
const loading = /^(?:LD_|BASH_FUNC_|(?:NODE_OPTIONS|BASH_ENV|ENV|GCONV_PATH|LOCPATH)$)/;

/** The user's variables, for a command of the user's. */
export function userEnvironment(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || loading.test(name) ? [] : [[name, value]],
    ),
  );
}
