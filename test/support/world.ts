import type { Outcome, Runner, Running, RunOptions } from '../../src/exec/runner.ts';

interface ToyLink {
  readonly name: string;
  readonly group: number;
  readonly peer?: string;
}

/**
 * A simulated host that understands only the commands of ctr's plans, and fails on any other, so that it cannot become
 * outdated silently. Containers get pids that do not exist on this machine.
 */
export class ToyHost {
  readonly links = new Map<string, ToyLink>();
  readonly rules: string[] = [];
  readonly children = new Set<number>();
  readonly ran: string[] = [];

  /** The state of all resources that could be left over. */
  state(): string {
    return JSON.stringify([
      [...this.links.keys()].sort(),
      [...this.rules].sort(),
      [...this.children],
    ]);
  }

  private addLink(words: readonly string[]): string {
    const value = (key: string, from = 0) => words[words.indexOf(key, from) + 1] ?? '';
    const name = value('name');
    if (this.links.has(name)) return 'RTNETLINK answers: File exists';
    const peerAt = words.indexOf('peer');
    const group = Number(value('group'));
    if (peerAt < 0) this.links.set(name, { name, group });
    else {
      const peer = value('name', peerAt);
      this.links.set(name, { name, group, peer });
      this.links.set(peer, { name: peer, group, peer: name });
    }
    return '';
  }

  private deleteLink(name: string): string {
    const link = this.links.get(name);
    if (link === undefined) return `Cannot find device "${name}"`;
    this.links.delete(name);
    if (link.peer !== undefined) this.links.delete(link.peer);
    return '';
  }

  private rule(words: readonly string[]): string {
    const at = words.findIndex((word) => /^-[AID]$/.test(word));
    const text = `${words[words.indexOf('-t') + 1]} ${words.slice(at + 1).join(' ')}`;
    if (words[at] !== '-D') {
      this.rules.push(text);
      return '';
    }
    const found = this.rules.indexOf(text);
    if (found < 0) return 'iptables: Bad rule (does a matching rule exist in that chain?).';
    this.rules.splice(found, 1);
    return '';
  }

  private deleteGroup(group: number): string {
    for (const link of [...this.links.values()]) {
      if (link.group === group) this.deleteLink(link.name);
    }
    return '';
  }

  /** Executes the lines of a tool's standard input up to the first failure. */
  private batch(argv: readonly string[], input: string): string {
    let table = '';
    for (const line of input.trimEnd().split('\n')) {
      if (line.startsWith('*')) table = line.slice(1);
      if (line.startsWith('*') || line === 'COMMIT') continue;
      const words = line.split(' ');
      const { error } = this.perform(
        argv[0] === 'ip' ? ['ip', ...words] : ['iptables', '-w', '5', '-t', table, ...words],
      );
      if (error !== '') return error;
    }
    return '';
  }

  /** Executes a command. @returns standard error and standard output. */
  perform(
    argv: readonly string[],
    input = '',
  ): { readonly error: string; readonly output: string } {
    const line = argv.join(' ');
    this.ran.push(line);
    const quiet = (error = '') => ({ error, output: '' });
    if (line.startsWith('ip link add name ')) return quiet(this.addLink(argv));
    if (line === 'ip -batch -' || line === 'iptables-restore --noflush --wait 5') {
      return quiet(this.batch(argv, input));
    }
    if (line.startsWith('ip link del group ')) return quiet(this.deleteGroup(Number(argv[4])));
    if (/^ip link set dev \S+ group \d+$/.test(line)) {
      const link = this.links.get(argv[4] ?? '');
      if (link === undefined) return quiet(`Cannot find device "${argv[4]}"`);
      this.links.set(link.name, { ...link, group: Number(argv[6]) });
      return quiet();
    }
    if (line.startsWith('ip link del dev ')) return quiet(this.deleteLink(argv[4] ?? ''));
    if (line === 'ip -j -d addr show') {
      const links = [...this.links.values()];
      const entries = links.map(({ name, group }) => ({ ifname: name, group: String(group) }));
      return { error: '', output: JSON.stringify(entries) };
    }
    if (line.startsWith('iptables -w 5 -t ')) return quiet(this.rule(argv));
    if (/^ip link set dev \S+ netns \d+ name \S+$/.test(line)) {
      const name = argv[4] ?? '';
      const link = this.links.get(name);
      if (link === undefined) return quiet(`Cannot find device "${name}"`);
      this.links.delete(name);
      return quiet();
    }
    if (
      /^(ip (addr|link (set|property)) |nsenter --target \d+ |sysctl -qw |test -e |echo go$)/.test(
        line,
      )
    )
      return quiet();
    if (/^kill -s (KILL|TERM) \d+$/.test(line)) {
      this.children.delete(Number(argv[3]));
      return quiet();
    }
    throw new Error(`the toy host does not know: ${line}`);
  }
}

export function outcome(argv: readonly string[], error: string, output = ''): Outcome {
  return {
    argv,
    ok: error === '',
    exitCode: error === '' ? 0 : 1,
    signal: undefined,
    timedOut: false,
    missing: false,
    stdout: output,
    stderr: error,
    durationMs: 0,
  };
}

export function toyRunner(
  host: ToyHost,
  fault: (line: string) => 'before' | 'after' | undefined,
): Runner {
  return {
    timeoutMs: 1000,
    async run(argv: readonly string[], options?: RunOptions) {
      const when = fault(argv.join(' '));
      if (when === 'before') return outcome(argv, 'on purpose');
      const { error, output } = host.perform(argv, options?.input);
      return outcome(argv, when === 'after' ? 'on purpose' : error, output);
    },
    tool(argv) {
      throw new Error(`the toy host has no tool ${argv[0]}`);
    },
    drop: async () => undefined,
    start(): Promise<Running> {
      throw new Error('the toy host starts containers through its launcher');
    },
  };
}
