import { shellQuote } from '../model/command.ts';
import type { Text } from '../model/text.ts';

/** How a command is taken back: a command, or why there is none. */
export type Undo = { readonly command: string } | { readonly says: Text };

const t = (en: string, zh: string): Undo => ({ says: { en, zh } });

/** The value after this word. */
function after(words: readonly string[], name: string): string | undefined {
  const at = words.indexOf(name);
  return at < 0 ? undefined : words[at + 1];
}

function line(...words: readonly string[]): Undo {
  return {
    command: words.map((one) => (one.includes('$') ? `"${one}"` : shellQuote(one))).join(' '),
  };
}

/** ip(8) of a command; abbreviations are not known here. */
function ofIp(words: readonly string[]): Undo | undefined {
  const [object = '', verb = ''] = words;
  const rest = words.slice(2);
  if (object === 'link' && verb === 'property') {
    const altname = after(rest, 'altname');
    const dev = after(rest, 'dev');
    if (altname === undefined || dev === undefined) return undefined;
    return line('ip', 'link', 'property', 'del', 'dev', dev, 'altname', altname);
  }
  if (object === 'link' && verb === 'add') {
    const name = after(rest, 'name') ?? after(rest, 'dev') ?? rest[0];
    return name === undefined ? undefined : line('ip', 'link', 'del', 'dev', name);
  }
  if (object === 'link' && verb === 'set') {
    const dev = after(rest, 'dev') ?? rest[0];
    if (dev === undefined) return undefined;
    const netns = after(rest, 'netns');
    if (netns !== undefined) {
      const inside = after(rest, 'name') ?? dev;
      const back = inside === dev ? [] : ['name', dev];
      return line(
        'nsenter',
        '--target',
        netns,
        '--net',
        'ip',
        'link',
        'set',
        'dev',
        inside,
        'netns',
        '1',
        ...back,
      );
    }
    if (rest.includes('master')) return line('ip', 'link', 'set', 'dev', dev, 'nomaster');
    if (rest.includes('address') || rest.includes('mtu') || rest.includes('group')) {
      return t(
        'the same line with the values of before (ip -d link show)',
        '同一条命令，换回原来的值（用 ip -d link show 查看）',
      );
    }
    if (rest.includes('up')) return line('ip', 'link', 'set', 'dev', dev, 'down');
    if (rest.includes('down')) return line('ip', 'link', 'set', 'dev', dev, 'up');
    return undefined;
  }
  const isAddress = ['addr', 'address', 'a'].includes(object);
  if (isAddress && verb === 'add') {
    const dev = after(rest, 'dev');
    const address = rest.find((one) => /^[\d.]+\/\d+$/.test(one));
    if (dev === undefined || address === undefined) return undefined;
    return line('ip', 'addr', 'del', address, 'dev', dev);
  }
  if (object === 'route' && verb === 'add') return line('ip', 'route', 'del', ...rest);
  if (object === 'netns' && verb === 'add') return line('ip', 'netns', 'del', ...rest);
  if (verb === 'del' || verb === 'delete') {
    return t('make it again, with the line that made it', '用当初创建它的命令重新创建');
  }
  return undefined;
}

function ofIptables(words: readonly string[]): Undo | undefined {
  const at = words.findIndex((one) => ['-A', '-I', '--append', '--insert'].includes(one));
  if (at < 0) {
    return words.includes('-D')
      ? t('the same line with -A or -I', '同一条命令，把 -D 换成 -A 或 -I')
      : undefined;
  }
  const numbered = /^\d+$/.test(words[at + 2] ?? '');
  const rest = numbered ? words.toSpliced(at + 2, 1) : words;
  return line(...rest.with(at, '-D'));
}

/** A table goes with all that it holds (nft(8)). */
function ofNft([verb = '', object, ...rest]: readonly string[]): Undo | undefined {
  if (verb === '-f') {
    return t(
      'nft delete table ip NAME, for each table that the lines make: its chains and rules go with it',
      'nft delete table ip 表名：这几行建立的表，连同链和规则一起删除',
    );
  }
  const makes = verb === 'add' || verb === 'create';
  return makes && object === 'table' ? line('nft', 'delete', 'table', ...rest) : undefined;
}

const endsWithProcess = t(
  'none of its own: it ends with the process (kill -s KILL PID), and its namespaces with it',
  '不需要单独撤销：进程结束（kill -s KILL 进程号），命名空间也随之消失',
);
const endsWithMounts = t(
  'none of its own: it is in the mount namespace of the container, and goes with it',
  '不需要单独撤销：它在容器的挂载命名空间里，随之消失',
);

/** The way back of one command; undefined if it changes nothing, or ctr does not know. */
export function undoOf(words: readonly string[]): Undo | undefined {
  const [first = '', ...rest] = words;
  const program = first.slice(first.lastIndexOf('/') + 1);
  switch (program) {
    case 'sudo':
      return undoOf(rest);
    case 'ip':
      return ofIp(rest);
    case 'iptables':
      return ofIptables(words);
    case 'nsenter': {
      const at = rest.findIndex(
        (one, index) => !one.startsWith('-') && !['--target', '-t'].includes(rest[index - 1] ?? ''),
      );
      const inner = at < 0 ? undefined : undoOf(rest.slice(at));
      if (inner === undefined || 'says' in inner) return inner;
      const prefix = line('nsenter', ...rest.slice(0, at));
      return 'command' in prefix ? { command: `${prefix.command} ${inner.command}` } : undefined;
    }
    case 'sysctl':
      return rest.some((one) => one.includes('='))
        ? t('the same line with the value of before', '同一条命令，换回原来的值')
        : undefined;
    case 'mkdir': {
      const directory = rest.findLast((one) => !one.startsWith('-'));
      return directory === undefined ? undefined : line('rmdir', directory);
    }
    case 'env':
    case 'setsid':
    case 'unshare':
    case 'setpriv':
      return endsWithProcess;
    case 'mount':
    case 'pivot_root':
    case 'umount':
      return endsWithMounts;
    case 'hostname':
      return rest.length === 0
        ? undefined
        : t(
            'none of its own: the name goes with the UTS namespace',
            '不需要单独撤销：名字随 UTS 命名空间一起消失',
          );
    case 'tee': {
      const file = rest.find((one) => !one.startsWith('-')) ?? '';
      if (file.startsWith('/sys/fs/cgroup'))
        return t('the limit goes with the cgroup (rmdir)', '限制随 cgroup 一起消失 (rmdir)');
      return endsWithMounts;
    }
    case 'nft':
      return ofNft(rest);
    case 'iptables-restore':
      return t(
        'the same lines in reverse, with -D for -A and -I, or the other way round',
        '把各行倒过来，-A、-I 换成 -D，或者相反',
      );
    default:
      return undefined;
  }
}
