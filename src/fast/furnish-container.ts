import { type Argv, cmd, pidOf, shellQuote } from '../command.ts';
import type { LabContainer } from '../lab.ts';
import type { Command, Step } from '../step.ts';

/** What a command in a container's namespaces is, seen from a shell that has entered them. */
interface Inside {
  /** It looks names up from the host's root, after the pivot. */
  readonly fromHost: boolean;
  readonly namespaces: readonly string[];
  readonly words: Argv;
  readonly input?: string;
}

/** nsenter(1): the options before the program. @returns undefined for a command of another kind, and for one that gives up its powers. */
function insideOf({ argv, input }: Command): Inside | undefined {
  if (argv[0] !== 'nsenter' || typeof input === 'object') return undefined;
  const start = argv.findIndex((word, index) => index > 2 && !String(word).startsWith('--'));
  const options = argv.slice(3, start).map(String);
  if (options.includes('--user')) return undefined;
  return {
    fromHost: options.some((option) => option.startsWith('--root')),
    namespaces: options.filter((option) => !/^--(root|wd)/.test(option)),
    words: argv.slice(start),
    ...(input === undefined ? {} : { input }),
  };
}

/** A word of the script; a pid is its first argument. */
function word(arg: Argv[number]): string {
  if (typeof arg === 'string') return shellQuote(arg);
  return `"${arg.before ?? ''}$1${arg.after ?? ''}"`;
}

const written = new Map<string, string>();

/** Lines as words of printf; what was written last is often written again, a thousand names long. */
function printed(input: string): string {
  const known = written.get(input);
  if (known !== undefined) return known;
  const text = input.replace(/\n$/, '').split('\n').map(shellQuote);
  const between = text.length === 1 ? ' ' : ' \\\n  ';
  const line = `printf '%s\\n'${between}${text.join(between)}`;
  written.set(input, line);
  return line;
}

/** A command as lines of the script. Writing a file needs no program, and ip reads several lines. */
function scriptLines(commands: readonly Inside[]): readonly string[] {
  const lines: string[] = [];
  let requests: string[] = [];
  const flush = () => {
    if (requests.length > 0) lines.push("ip -batch - <<'IP'", ...requests, 'IP');
    requests = [];
  };
  for (const { words, input } of commands) {
    const [program, ...rest] = words;
    if (program === 'ip' && input === undefined) {
      requests.push(rest.map(String).join(' '));
      continue;
    }
    flush();
    if (program === 'tee' && input !== undefined) {
      lines.push(`${printed(input)} >${word(rest[0] ?? '')}`);
    } else if (program === 'sh' && rest[0] === '-euc') {
      lines.push(`( ${String(rest[1])} )`);
    } else lines.push(words.map(word).join(' '));
  }
  flush();
  return lines;
}

/** Neighbours that a shell can carry out in one visit. */
function visits(commands: readonly Command[], container: string): readonly Command[] {
  const result: Command[] = [];
  let visit: Inside[] = [];
  const end = () => {
    const [first] = visit;
    if (first === undefined) return;
    const namespaces = [...new Set(visit.flatMap((one) => one.namespaces))].sort();
    const outside = first.fromHost ? cmd`--root=/ --wd=/` : [];
    result.push({
      argv: [
        ...cmd`nsenter --target ${pidOf(container)} ${namespaces}`,
        ...outside,
        ...cmd`sh -eu -s ${pidOf(container)}`,
      ],
      input: `${scriptLines(visit).join('\n')}\n`,
    });
    visit = [];
  };
  for (const command of commands) {
    const inside = insideOf(command);
    if (inside === undefined || inside.fromHost !== visit[0]?.fromHost) end();
    if (inside === undefined) result.push(command);
    else visit.push(inside);
  }
  end();
  return result;
}

const merged = [
  'map-users',
  'configure-address',
  'configure-route',
  'stage-root',
  'write-names',
  'mount-root',
  'pivot-root',
];

/** Everything between the cable and the release of one container, in two visits. */
export function furnishContainer({ name }: LabContainer, staged: readonly Step[]): Step {
  const steps = staged.filter(({ id }) => merged.includes(id));
  return {
    id: 'furnish-container',
    of: name,
    title: {
      en: `Give ${name} its address, names and root`,
      zh: `给 ${name} 设置地址、名字和根`,
    },
    why: {
      en: "One shell enters the waiting process's namespaces with the host's tools: address and route, then names and root, and last the pivot. A second one, which still sees the host's root, lets go of the old one.",
      zh: '一个 shell 带着宿主机的工具进入等待中进程的各个命名空间：先设地址和路由，再准备名字和根，最后切换根。第二个 shell 仍能看到宿主机的根，由它放开旧的根。',
    },
    commands: visits(
      steps.flatMap(({ commands }) => commands),
      name,
    ),
    effects: steps.flatMap(({ effects }) => effects),
    merges: {
      steps: merged,
      saves: {
        en: 'Entering a namespace means starting nsenter and then the tool: two programs for every line. A shell that is inside already starts one, and for writing a file none.',
        zh: '每进入一次命名空间，都要先启动 nsenter，再启动工具：一行两个程序。已经在里面的 shell 只需启动一个，写文件则一个也不用。',
      },
    },
  };
}
