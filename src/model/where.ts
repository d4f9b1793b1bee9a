import { type Argv, cmd, pidOf } from './command.ts';

/** The namespaces that a command enters (namespaces(7)), in print order. */
export type Namespace = 'user' | 'mount' | 'pid' | 'uts' | 'net' | 'ipc';

/** Where a command in a container runs. */
export interface Where {
  readonly container: string;
  readonly namespaces: readonly Namespace[];
  /** The command keeps the host's root and working directory. */
  readonly hostRoot?: true;
  /** The command as written inside, without nsenter. */
  readonly words: Argv;
}

/** A command that nsenter(1) runs in a container's namespaces. */
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
