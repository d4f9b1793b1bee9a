import { lineReader } from '../../exec/launcher.ts';
import { within } from '../../exec/processes.ts';
import type { Outcome, Runner, Running } from '../../exec/runner.ts';
import type { Text } from '../../model/text.ts';
import { parseTrace } from './events.ts';
import { follow } from './follow.ts';
import type { Followed, Sought } from './followed.ts';
import { instancePrefix, tracefs } from './names.ts';
import { keeperScript } from './script.ts';

/** What the kernel said about one probe. */
export interface KernelWord extends Followed {
  /** Events for which the buffer had no room. */
  readonly missed: number;
  /** Events that this kernel does not have. */
  readonly lacks: readonly string[];
}

/** The kernel's events are being written, until `stop`. */
export interface KernelWatch {
  /** The command that sends the probe, told to the trace by its first act: a write(2) to `trace_marker`. */
  announced(argv: readonly string[]): readonly string[];
  stop(probe: Omit<Sought, 'mark'>): Promise<KernelWord>;
}

export type Started = { readonly watch: KernelWatch } | { readonly missing: Text };

/** Milliseconds to allocate the buffers and to enable the events, which waits for each CPU. */
const startMs = 5000;
/** Milliseconds to read the buffers. */
const stopMs = 10_000;

const reasons: Readonly<Record<string, Text>> = {
  kernel: {
    en: 'this kernel has no tracefs (CONFIG_TRACING)',
    zh: '这个内核没有 tracefs（CONFIG_TRACING）',
  },
  mount: { en: 'tracefs cannot be mounted here', zh: '这里无法挂载 tracefs' },
  instance: {
    en: 'no instance can be made in tracefs',
    zh: '无法在 tracefs 里创建跟踪实例',
  },
  clock: { en: 'tracefs refuses the clock', zh: 'tracefs 不接受所要的时钟' },
  event: {
    en: 'this kernel has no event skb/kfree_skb',
    zh: '这个内核没有事件 skb/kfree_skb',
  },
};

function missing(word: string, said: string): Text {
  const { en, zh } = reasons[word] ?? {
    en: 'tracefs could not be set up',
    zh: '无法设置 tracefs',
  };
  const why = said.trim().replaceAll('\n', ' ');
  return why === '' ? { en, zh } : { en: `${en}: ${why}`, zh: `${zh}：${why}` };
}

/** How the program that is needed could not be started. */
async function unstarted(running: Running): Promise<Text> {
  const { stderr }: Outcome = await running.ended;
  return missing('', stderr);
}

/** Starts an instance of tracefs in which the kernel writes what it does with packets. Needs root of the machine. */
export async function start(runner: Runner): Promise<Started> {
  if (process.geteuid?.() !== 0) {
    return { missing: { en: 'it needs root', zh: '需要 root 权限' } };
  }
  const name = `${instancePrefix}${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  const argv = ['unshare', '--mount', 'sh', '-c', keeperScript, 'sh', name];
  // In a session of its own: Ctrl-C is for ctr, whose end the script sees at its standard input.
  const running = await runner.start(argv, {
    descriptors: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  if (running.pid === undefined) return { missing: await unstarted(running) };
  running.input(0).on('error', () => undefined);
  running.output(2).resume();
  // It must not keep ctr from exiting.
  running.forget();
  const said: string[] = [];
  running.output(1).setEncoding('utf8');
  running.output(1).on('data', (text: string) => said.push(text));
  const nextLine = lineReader(running.output(1));
  const lacks: string[] = [];
  for (;;) {
    const line = await nextLine(startMs);
    if (line === undefined) {
      running.input(0).end();
      return { missing: missing('', '') };
    }
    const [word, first = '', ...more] = line.split(' ');
    if (word === 'no') return { missing: missing(first, more.join(' ')) };
    if (word === 'lacks') lacks.push(first);
    if (word === 'ready') break;
  }
  const mark = `the probe of ${name}`;
  // Its mount namespace is the only one that surely has tracefs.
  const marker = `/proc/${running.pid}/root${tracefs}/instances/${name}/trace_marker`;
  return {
    watch: {
      announced: (argv) => [
        ...['sh', '-c', 'echo "$1" 2>/dev/null >"$0"; shift; exec "$@"', marker, mark],
        ...argv,
      ],
      async stop(probe) {
        running.input(0).end('stop\n');
        await within(running.ended, stopMs);
        const trace = parseTrace(said.join(''));
        return { ...follow(trace, { ...probe, mark }), missed: trace.missed, lacks };
      },
    },
  };
}
