import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { lineReader } from '../exec/launcher.ts';
import type { Runner } from '../exec/runner.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Text } from '../model/text.ts';
import type { StrangerWay } from './way.ts';

/** A container that ctr did not make. */
export interface Stranger {
  /** How it is called in pictures and sentences. */
  readonly name: string;
  /** A process in its network namespace. */
  readonly pid: number;
  readonly way: StrangerWay;
  /** Ends a process that ctr started to hold the namespace. */
  end(): void;
}

/** Milliseconds for a container engine to answer. */
const engineMs = 15_000;
/** Milliseconds to enter a named network namespace. */
const enterMs = 3000;

function notThere(message: Text, tries: readonly string[]): CtrError {
  return new CtrError('no-such-stranger', exitCodes.usage, message, { try: tries });
}

function namespaceOf(pid: number | 'self'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') return undefined;
    throw new CtrError(
      'foreign-namespace',
      exitCodes.notReady,
      {
        en: `process ${pid} belongs to another user: its network namespace cannot be entered`,
        zh: `进程 ${pid} 属于别的用户：无法进入它的网络命名空间`,
      },
      { try: ['sudo ctr why --pid PID'] },
    );
  }
}

/** @throws CtrError when the process is gone, or uses the network of this host. */
function requireOwnNetwork(pid: number, shown: string): void {
  const own = namespaceOf(pid);
  if (own === undefined) {
    throw notThere({ en: `there is no process ${pid}`, zh: `没有进程 ${pid}` }, [
      'ps -e -o pid,netns,args',
    ]);
  }
  if (own !== namespaceOf('self')) return;
  throw new CtrError(
    'host-network',
    exitCodes.usage,
    {
      en: `${shown} has no network namespace of its own: it uses the network of this host`,
      zh: `${shown} 没有自己的网络命名空间：它直接使用本机的网络`,
    },
    { try: ['ip addr', 'ip route'] },
  );
}

/** The command of a process, as /proc/PID/comm has it. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

function byPid(word: string): Stranger {
  const pid = Number(word);
  if (!/^\d{1,10}$/.test(word) || pid < 1) {
    throw notThere({ en: `${word} is no pid`, zh: `${word} 不是进程号` }, [
      'ps -e -o pid,netns,args',
    ]);
  }
  requireOwnNetwork(pid, `process ${pid} (${commandOf(pid)})`);
  return { name: `pid-${pid}`, pid, way: 'pid', end: () => undefined };
}

/**
 * Processes of other nodes, by name. A network that is watched already is left out.
 * @param words `NAME=PID` each, or `PID`.
 * @param known processes whose networks are watched.
 * @throws CtrError when a word is neither, a name is there twice, or a process is gone.
 */
export function findNodes(
  words: readonly string[],
  known: readonly number[],
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const seen = new Set(known.map((pid) => namespaceOf(pid)));
  for (const word of words) {
    const [, name = '', pid = ''] = /^(?:([A-Za-z0-9][\w.-]*)=)?(\d{1,10})$/.exec(word) ?? [];
    if (pid === '') {
      throw notThere(
        {
          en: `--node takes NAME=PID, not ${word}`,
          zh: `--node 应写成 名字=进程号，不能是 ${word}`,
        },
        ['ctr trace --pid 4711 10.244.2.2 --node one=4600 --node two=4800'],
      );
    }
    const own = byPid(pid);
    const key = name === '' ? own.name : name;
    if (found.has(key)) {
      throw notThere({ en: `--node names ${key} twice`, zh: `--node 两次使用名字 ${key}` }, [
        'ctr trace --help',
      ]);
    }
    const namespace = namespaceOf(own.pid);
    if (seen.has(namespace)) continue;
    seen.add(namespace);
    found.set(key, own.pid);
  }
  return found;
}

/** Asks docker(1) or podman(1) for the pid of a container. */
async function byEngine(
  runner: Runner,
  engine: 'docker' | 'podman',
  name: string,
  environment: Readonly<Record<string, string>>,
): Promise<Stranger> {
  const format = '{{.State.Pid}}';
  const argv = [engine, 'container', 'inspect', '--format', format, '--', name];
  const { ok, missing, stdout, stderr } = await runner.tool(argv, {
    timeoutMs: engineMs,
    environment,
  });
  if (missing) {
    throw new CtrError('tool-missing', exitCodes.notReady, {
      en: `${engine} is not installed, or not on PATH; --pid takes the pid of any process of the container`,
      zh: `没有安装 ${engine}，或它不在 PATH 里；--pid 可以用容器里任何一个进程的进程号`,
    });
  }
  if (!ok) {
    const said = stderr.trim().split('\n').at(-1) ?? '';
    throw notThere({ en: `${engine} says: ${said}`, zh: `${engine} 说：${said}` }, [
      `${engine} ps -a`,
    ]);
  }
  const pid = Number(stdout.trim());
  if (!(pid > 0)) {
    throw notThere({ en: `container ${name} does not run`, zh: `容器 ${name} 没有在运行` }, [
      `${engine} start ${name}`,
    ]);
  }
  requireOwnNetwork(pid, `container ${name}`);
  return { name, pid, way: engine, end: () => undefined };
}

/**
 * Holds a named network namespace (ip-netns(8)) by a process that reads until ctr ends; it sees the resolv.conf(5) of
 * the namespace.
 */
async function byName(runner: Runner, name: string): Promise<Stranger> {
  if (!/^[^/\s]+$/.test(name) || !existsSync(`/run/netns/${name}`)) {
    throw notThere(
      { en: `there is no network namespace ${name}`, zh: `没有网络命名空间 ${name}` },
      ['ip netns list'],
    );
  }
  const script = 'echo "in $$"; exec cat >/dev/null';
  const running = await runner.start(['ip', 'netns', 'exec', name, 'sh', '-c', script], {
    descriptors: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const told: string[] = [];
  if (running.pid !== undefined) {
    running.output(2).on('data', (chunk: Buffer) => told.push(chunk.toString()));
    running.input(0).on('error', () => undefined);
  }
  const line = running.pid === undefined ? '' : await lineReader(running.output(1))(enterMs);
  const pid = Number(line?.slice('in '.length));
  if (!(pid > 0)) {
    const said = told.join('').trim();
    throw new CtrError('foreign-namespace', exitCodes.notReady, {
      en: `network namespace ${name} cannot be entered: ${said}`,
      zh: `无法进入网络命名空间 ${name}：${said}`,
    });
  }
  running.forget();
  return { name, pid, way: 'netns', end: () => void running.input(0).end() };
}

/** Finds a container that ctr did not make. @throws CtrError when it is not there, or its engine is missing. */
export async function findStranger(
  runner: Runner,
  [way, word]: readonly [StrangerWay, string],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Stranger> {
  if (way === 'pid') return byPid(word);
  if (way === 'netns') return await byName(runner, word);
  const known = Object.entries(environment).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value]],
  );
  return await byEngine(runner, way, word, Object.fromEntries(known));
}
