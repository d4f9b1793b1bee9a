/** Both commands of the package are this program: beside containerd, `ctr` is somebody else's. */
const names = ['ctr', 'ctrnet'] as const;

/** @param path of the script that was started, as in `process.argv[1]`: a link keeps its own name. */
export function nameOf(path: string): (typeof names)[number] {
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.js$/, '');
  return names.find((name) => name === file) ?? 'ctr';
}

/** The name by which the user has called this program. */
export const called = nameOf(process.argv[1] ?? '');

/** Every verb that a sentence may tell the user to run; a test holds them against the command line. */
export const verbs = [
  ...['up', 'plan', 'down', 'gc', 'ps', 'inspect', 'exec', 'logs', 'check', 'repair', 'sandbox'],
  ...['rootfs', 'validate', 'schema', 'init', 'demo', 'explain', 'completion', 'version', 'help'],
] as const;

/** `ctr` as somebody would type it: before a verb or a flag, or after `command -v`. */
const typed = new RegExp(
  String.raw`(?<![\w./-])ctr(?= (?:${verbs.join('|')}|-{1,2}[a-z][a-z-]*)(?![\w./-]*[\w/-]))|(?<=command -v )ctr\b`,
  'g',
);

/** One of our own sentences, with the program called as the user has called it. */
export function named(text: string, name: string = called): string {
  return name === 'ctr' ? text : text.replaceAll(typed, name);
}
