type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that make a program load or run something else before its own first line (ld.so(8), bash(1)). */
const loading = /^(?:LD_|BASH_FUNC_|(?:NODE_OPTIONS|BASH_ENV|ENV|GCONV_PATH|LOCPATH)$)/;

/** The user's own variables, for a command that is the user's. */
export function userEnvironment(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || loading.test(name) ? [] : [[name, value]],
    ),
  );
}
