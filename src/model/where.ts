import { type Argv, cmd, pidOf } from './command.ts';

/** The namespaces that a command enters (namespaces(7)), in the order in which they are printed. */
export type Namespace = 'user' | 'mount' | 'pid' | 'uts' | 'net' | 'ipc';

/** Where a command runs that enters a container. */
export interface Where {
  readonly container: string;
  readonly namespaces: readonly Namespace[];
  /** The command keeps the root and the working directory of the host. */
  readonly hostRoot?: true;
  /** The command, as it is written inside. */
  readonly words: Argv;
}

/** A command that is run in namespaces of a container (nsenter(1)). */
export function enter(
  container: string,
  namespaces: readonly Namespace[],
  words: Argv,
  hostRoot = false,
): { readonly argv: Argv; readonly where: Where } {
  const options = namespaces.map((name) => `--${name}`);
  const root = hostRoot ? ['--root=/', '--wd=/'] : [];
  return {
    argv: [...cmd`nsenter --target ${pidOf(container)} ${options} ${root}`, ...words],
    where: { container, namespaces, words, ...(hostRoot ? { hostRoot: true } : {}) },
  };
}
