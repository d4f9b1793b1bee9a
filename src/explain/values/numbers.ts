import { type Describe, type Told, told } from './about.ts';

export const number: Describe = (value) =>
  /^-?\d+$/.test(value) ? told(`the number ${value}`, `数字 ${value}`) : undefined;

function sized(bytes: number): string {
  const unit = ['bytes', 'KiB', 'MiB', 'GiB'];
  let at = 0;
  let left = bytes;
  while (left >= 1024 && at < unit.length - 1) {
    left /= 1024;
    at += 1;
  }
  return `${Number(left.toFixed(2))} ${unit[at]}`;
}

export const bytes: Describe = (value) => {
  if (value === 'max') return told('no limit', '没有上限');
  const [, digits, unit = ''] = /^(\d+)([kmg]?)$/i.exec(value) ?? [];
  if (digits === undefined) return undefined;
  const size = Number(digits) * 1024 ** ' kmg'.indexOf(unit.toLowerCase() || ' ');
  return told(sized(size), sized(size).replace(' bytes', ' 字节'));
};

export const seconds: Describe = (value) =>
  /^\d+(?:\.\d+)?$/.test(value) ? told(`${value} seconds`, `${value} 秒`) : undefined;

export const mtu: Describe = (value): Told | undefined => {
  const size = Number(value);
  if (!Number.isInteger(size)) return undefined;
  if (size === 1500) {
    return told("1500 bytes, Ethernet's usual size", '1500 字节，以太网的常用值');
  }
  return size < 1500
    ? told(
        `${size} bytes: less than Ethernet's 1500, so that a tunnel's headers still fit`,
        `${size} 字节：比以太网的 1500 小，给隧道的头部留出空间`,
      )
    : told(`${size} bytes, more than Ethernet's 1500`, `${size} 字节，比以太网的 1500 大`);
};

/** Digits of chmod(1). */
export const mode: Describe = (value) => {
  const [, special = '', owner, group, other] =
    /^0?([0-7]?)([0-7])([0-7])([0-7])$/.exec(value) ?? [];
  if (owner === undefined || group === undefined || other === undefined) return undefined;
  const letters = (digit: string) => {
    const bits = Number(digit);
    return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`;
  };
  const sticky = (Number(special || 0) & 1) === 1;
  const all = letters(owner) + letters(group) + letters(other);
  return told(
    `the mode ${all}${sticky ? '; the leading 1 lets only owners delete their files' : ''}`,
    `权限 ${all}${sticky ? '；开头的 1 表示只有所有者能删除自己的文件' : ''}`,
  );
};

const exits: Readonly<Record<string, readonly [string, string]>> = {
  0: ['success', '成功'],
  1: ['failure', '失败'],
  97: [
    'the gate was closed: ctr is gone, so this process ends',
    '管道已关闭，说明 ctr 已经退出，进程也随之结束',
  ],
  126: ['the command was found, but cannot be run', '找到了命令，但无法运行'],
  127: ['there is no such command', '没有这个命令'],
  4: ['in ctr: this host is not ready for it', 'ctr 的约定：主机条件不满足'],
  5: ['in ctr: a step failed, and everything was undone', 'ctr 的约定：某一步失败，并已全部撤销'],
};

export const exitCode: Describe = (value) => {
  const code = Number(value);
  if (!/^\d+$/.test(value)) return undefined;
  const known = exits[value];
  if (known !== undefined)
    return told(`exit code ${value}: ${known[0]}`, `退出码 ${value}：${known[1]}`);
  if (code > 128) {
    return told(
      `exit code ${value}: ended by signal ${code - 128}`,
      `退出码 ${value}：被信号 ${code - 128} 结束`,
    );
  }
  return told(`exit code ${value}`, `退出码 ${value}`);
};

export const user: Describe = (value) => {
  const [, first, second] = /^(\d+)(?::(\d+))?$/.exec(value) ?? [];
  if (first === undefined) {
    return /^[a-z_][\w-]*(?::[a-z_][\w-]*)?$/.test(value)
      ? told(`the user ${value}`, `用户 ${value}`)
      : undefined;
  }
  const ours = Number(first) >= 0x7000_0000;
  const what =
    second === undefined
      ? ['the user or group ID', '用户或组编号']
      : ['user and group', '用户和组'];
  return told(
    `${what[0]} ${value}${ours ? ": the container's root, as the host numbers it" : first === '0' ? ': root' : ''}`,
    `${what[1]} ${value}${ours ? '：容器里的 root 在宿主机上的编号' : first === '0' ? '：root' : ''}`,
  );
};
