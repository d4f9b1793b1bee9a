/** The package installs this program under two names, since containerd also has a `ctr`. */
const names = ['ctr', 'ctrnet'] as const;

/** @param path the script, as in `process.argv[1]`. For a symbolic link, the link's own name counts. */
export function nameOf(path: string): (typeof names)[number] {
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.js$/, '');
  return names.find((name) => name === file) ?? 'ctr';
}

/** The name by which the user called this program. */
export const called = nameOf(process.argv[1] ?? '');

/** Every verb that a message may tell the user to run; a test compares them with the command line. */
export const verbs = [
  ...['up', 'plan', 'down', 'gc', 'ps', 'inspect', 'exec', 'logs', 'check', 'repair', 'watch'],
  ...['why', 'trace', 'lab', 'graph', 'goto', 'sandbox', 'replay', 'report', 'rootfs', 'cni'],
  ...['validate', 'schema', 'init', 'demo', 'explain', 'doctor', 'completion', 'version', 'help'],
] as const;

/** `ctr` as a user would type it: before a verb or a flag, or after `command -v`. */
const typed = new RegExp(
  String.raw`(?<![\w./-])ctr(?= (?:${verbs.join('|')}|-{1,2}[a-z][a-z-]*)(?![\w./-]*[\w/-]))|(?<=command -v )ctr\b`,
  'g',
);

/** Replaces `ctr` in one of ctr's messages with the name by which the user called it. */
export function named(text: string, name: string = called): string {
  return name === 'ctr' ? text : text.replaceAll(typed, name);
}
