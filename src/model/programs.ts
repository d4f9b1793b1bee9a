import type { Argv } from './command.ts';
import { gate } from './gate.ts';
import type { Command } from './step.ts';

/** The words of an argv; a slot is none that could be a program. */
type Words = readonly (string | undefined)[];

/** Options that take the next word as their value, of programs that execute another program. */
const valued: Readonly<Record<string, readonly string[]>> = {
  env: [],
  keyctl: [],
  nsenter: ['--target'],
  script: ['--echo'],
  setpriv: [
    ...['--ambient-caps', '--bounding-set', '--inh-caps', '--pdeathsig', '--regid', '--reuid'],
  ],
  setsid: [],
  sh: [],
  unshare: ['--propagation'],
};

/** What a POSIX shell does itself (sh(1)), and its reserved words. */
const inShell = new Set([
  ...['!', '.', ':', '[', '{', '}', 'break', 'case', 'cd', 'command', 'continue', 'do', 'done'],
  ...['echo', 'elif', 'else', 'esac', 'eval', 'exec', 'exit', 'export', 'false', 'fi', 'for'],
  ...['getopts', 'if', 'in', 'kill', 'printf', 'pwd', 'read', 'return', 'set', 'shift', 'test'],
  ...['then', 'times', 'trap', 'true', 'ulimit', 'umask', 'unset', 'until', 'wait', 'while'],
]);

/** Reserved words that a command follows. */
const before = new Set(['!', '{', 'do', 'elif', 'else', 'if', 'then', 'until', 'while', 'command']);

/** One word of a shell text: quoted parts, escaped characters, and plain ones. */
const word = /(?:'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\\[\s\S]|[^\s'"\\;&|<>(){}]|[{}](?=\S))+/y;
const redirection = /\d*(?:<<-?|<>|[<>]&|>>|>\||[<>])[ \t]*/y;

/** A word without its quotes; undefined when its value is known only to the shell. */
function unquoted(text: string): string | undefined {
  let known = true;
  const value = text.replace(
    /'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\([\s\S])|(\$|`)/g,
    (_, single?: string, double?: string, escaped?: string, expands?: string) => {
      if (expands !== undefined || (double !== undefined && /[$`]/.test(double))) known = false;
      return single ?? double ?? escaped ?? '';
    },
  );
  return known ? value : undefined;
}

/** The simple commands of a shell text, as words. Here-documents are data, and are left out. */
function commandsIn(text: string): readonly Words[] {
  const commands: (string | undefined)[][] = [[]];
  const ends: string[] = [];
  const take = (pattern: RegExp, at: number) => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  for (let at = 0; at < text.length; ) {
    const redirected = take(redirection, at);
    if (redirected !== undefined) {
      at += redirected.length;
      const target = take(word, at) ?? '';
      if (redirected.includes('<<')) ends.push(unquoted(target) ?? '');
      at += target.length;
      continue;
    }
    const found = take(word, at);
    if (found !== undefined) {
      commands.at(-1)?.push(unquoted(found));
      at += found.length;
      continue;
    }
    const [character = ''] = text.slice(at, at + 1);
    at += 1;
    if (character === ' ' || character === '\t') continue;
    commands.push([]);
    for (let end = ends.shift(); character === '\n' && end !== undefined; end = ends.shift()) {
      const close = text.indexOf(`\n${end}\n`, at - 1);
      at = close < 0 ? text.length : close + end.length + 1;
    }
  }
  return commands;
}

/** The programs that a shell starts for this text. @param given what `"$@"` stands for. */
function inText(text: string, given: Words): readonly string[] {
  return commandsIn(text).flatMap((words) => {
    let at = 0;
    while (at < words.length && isNoCommand(words[at])) at += 1;
    const [first, ...rest] = words.slice(at);
    if (first === 'exec')
      return rest.length === 1 && rest[0] === undefined ? programsIn(given) : programsIn(rest);
    return first === undefined || inShell.has(first) ? [] : programsIn([first, ...rest]);
  });
}

/** Whether a command may follow this word: a reserved word, or an assignment. */
function isNoCommand(text: string | undefined): boolean {
  return text !== undefined && (before.has(text) || /^[A-Za-z_][A-Za-z0-9_]*=/.test(text));
}

function programsIn([program, ...words]: Words): readonly string[] {
  if (program === undefined || program.includes('/')) return [];
  const options = valued[program];
  if (options === undefined) return [program];
  let at = 0;
  for (let text = words[0]; text?.startsWith('-') || isNoCommand(text); text = words[at]) {
    if (text === '-c' || text === '-euc' || text === '--command') {
      const script = words[at + 1] ?? '';
      // Behind the gate there is the container's own program.
      const inner = script.startsWith(gate) ? [] : inText(script, words.slice(at + 3));
      return [program, ...inner];
    }
    at += text !== undefined && options.includes(text) ? 2 : 1;
  }
  if (program === 'sh' || program === 'script') return [program];
  const rest = words.slice(program === 'keyctl' ? at + 2 : at);
  return [program, ...programsIn(rest)];
}

function wordsOf(argv: Argv): Words {
  return argv.map((arg) => (typeof arg === 'string' ? arg : undefined));
}

/** Every program that a command starts: its own, those that this one executes, and those of a shell's script. */
export function programsOf({ argv, input }: Command): readonly string[] {
  const words = wordsOf(argv);
  const own = programsIn(words);
  const script = own.at(-1) === 'sh' && typeof input === 'string' ? inText(input, []) : [];
  return [...own, ...script];
}
