/** A value that exists only once an earlier command has run: the pid of a container's first process. */
export interface Slot {
  readonly pidOf: string;
  /** Fixed text around the pid in the same argument, as in /proc/PID/root. */
  readonly before?: string;
  readonly after?: string;
}
export type Arg = string | Slot;
export type Argv = readonly Arg[];

export function pidOf(container: string): Slot {
  return { pidOf: container };
}

type Value = string | number | Slot | readonly string[];

/**
 * Builds an argv from a template that reads like the manual page. Blanks in the template separate arguments; a value is
 * always (part of) one argument, whatever it contains; a list on its own becomes several arguments.
 */
export function cmd(template: TemplateStringsArray, ...values: readonly Value[]): Argv {
  const argv: Arg[] = [];
  let open: Arg | undefined;
  const close = () => {
    if (open !== undefined) argv.push(open);
    open = undefined;
  };
  const glue = (part: string | Slot) => {
    if (open === undefined) open = part;
    else if (typeof open === 'string') {
      open = typeof part === 'string' ? open + part : { ...part, before: open };
    } else if (typeof part === 'string') open = { ...open, after: (open.after ?? '') + part };
    else throw new Error('an argument holds one slot at most');
  };
  template.forEach((literal, index) => {
    literal.split(/(\s+)/).forEach((piece) => {
      if (piece === '') return;
      if (/^\s+$/.test(piece)) close();
      else glue(piece);
    });
    if (index >= values.length) return;
    const value = values[index] as Value;
    if (typeof value === 'string' || typeof value === 'number') glue(String(value));
    else if ('pidOf' in value) glue(value);
    else {
      close();
      argv.push(...value);
    }
  });
  close();
  return argv;
}

/** @returns the argv with every slot filled. @throws when a container has no process yet. */
export function fill(argv: Argv, pids: ReadonlyMap<string, number>): readonly string[] {
  return argv.map((arg) => {
    if (typeof arg === 'string') return arg;
    const pid = pids.get(arg.pidOf);
    if (pid === undefined) throw new Error(`container ${arg.pidOf} has no process yet`);
    return `${arg.before ?? ''}${pid}${arg.after ?? ''}`;
  });
}

/** Standard input as text. @throws as `fill`. */
export function fillInput(
  input: string | readonly Argv[],
  pids: ReadonlyMap<string, number>,
): string {
  if (typeof input === 'string') return input;
  return input.map((line) => `${fill(line, pids).join(' ')}\n`).join('');
}

/** The shell variable for a container's pid in printed commands. */
export function variable(container: string): string {
  return `${container.replaceAll('-', '_')}_pid`;
}

const safe = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** Characters that a terminal would act on; line breaks and tabs are harmless. */
const powerful = /((?:[^\P{Cc}\n\t]|[\p{Cf}\u2028\u2029])+)/u;

/** Such characters as a printf(1) call, so that the line itself does not contain them. */
function printed(text: string): string {
  const octal = [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`);
  return `"$(printf '${octal.join('')}')"`;
}

/** One word of POSIX shell that cannot control the terminal on which it is shown. */
export function shellQuote(word: string): string {
  if (word === '!' || safe.test(word)) return word;
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  if (!powerful.test(word)) return quoted(word);
  return word
    .split(powerful)
    .map((part, index) => (index % 2 === 1 ? printed(part) : part === '' ? '' : quoted(part)))
    .join('');
}

/** The command as a person would type it; slots become shell variables. */
export function shellLine(argv: Argv): string {
  return argv
    .map((arg) => {
      if (typeof arg === 'string') return shellQuote(arg);
      const name = variable(arg.pidOf);
      if (arg.before === undefined && arg.after === undefined) return `"$${name}"`;
      return `"${arg.before ?? ''}\${${name}}${arg.after ?? ''}"`;
    })
    .join(' ');
}

/** A here-document delimiter that is none of these lines. */
export function endMark(lines: readonly string[]): string {
  let mark = 'EOF';
  while (lines.includes(mark)) mark += '_';
  return mark;
}
