import type { Kind } from '../grammar.ts';
import { type Describe, type Told, told } from './about.ts';
import {
  address,
  broadcast,
  eitherAddress,
  gateway,
  host,
  mac,
  prefix,
  source,
} from './addresses.ts';
import {
  capabilities,
  chain,
  conntrackStates,
  fileSystem,
  firewallTable,
  mountOptions,
  propagation,
  signals,
} from './lists.ts';
import {
  altname,
  comment,
  group,
  hostname,
  interfaceName,
  netns,
  pid,
  scriptName,
} from './names.ts';
import { bytes, exitCode, mode, mtu, number, seconds, user } from './numbers.ts';
import { assignedSetting, file, mountSource, setting } from './paths.ts';

const variableName: Describe = (value) =>
  /^[A-Za-z_]\w*$/.test(value) ? told(`the variable ${value}`, `变量 ${value}`) : undefined;

const variables: Readonly<Record<string, readonly [string, string]>> = {
  PATH: ['where programs are looked up', '到哪些目录里找程序'],
  HOME: ['the home directory', '主目录'],
  HOSTNAME: ['the host name, for shells that read it there', '主机名，有些 shell 从这里读'],
  TERM: ['the kind of terminal', '终端类型'],
  LC_ALL: ['the language of messages; C is plain English', '消息的语言；C 即英文'],
  LANG: ['the language', '语言'],
};

/** NAME=value, for env(1) or the shell. */
export const assignment: Describe = (value) => {
  const [, name = '', to = ''] = /^([A-Za-z_]\w*)=(.*)$/s.exec(value) ?? [];
  if (name === '') return undefined;
  const known = Object.hasOwn(variables, name) ? variables[name] : undefined;
  const made = /^made_([\d_]+)$/.exec(name)?.[1]?.replaceAll('_', '.');
  if (made !== undefined) {
    return told(
      `remember that command ${made} has begun, so that it is undone`,
      `记下命令 ${made} 已经开始，以便撤销`,
    );
  }
  if (name === 'step') {
    return told('the step that runs now, for the message when it fails', '正在执行的步骤，失败时写进消息');
  }
  const container = /^([a-z]\w*)_pid$/.exec(name)?.[1]?.replaceAll('_', '-');
  if (container !== undefined) {
    return told(`keep the pid of container ${container}'s first process`, `记下容器 ${container} 第一个进程的进程号`);
  }
  if (known !== undefined) return told(`${name}, ${known[0]}`, `${name}，${known[1]}`);
  return to === ''
    ? told(`make the variable ${name} empty`, `把变量 ${name} 设为空`)
    : told(`set the variable ${name}`, `设置变量 ${name}`);
};

const program: Describe = (value) => told(`the program ${value}`, `程序 ${value}`);
const text: Describe = (value) => {
  if (value === 'go') return told('the line for which the first process waits', '第一个进程等待的那一行');
  if (value === 'visited') return told('a word that tells ctr how far this shell is', '告诉 ctr 这个 shell 进行到了哪里');
  if (value === '%s\\n') return told('each word on a line of its own', '每个词单独一行');
  return told('this text', '这段文字');
};
const name: Describe = (value) => told(`the name ${value}`, `名字 ${value}`);

const keyrings: Describe = (value) =>
  value === '-'
    ? told('a new session keyring without a name', '一个没有名字的新会话密钥环')
    : told(`the keyring ${value}`, `密钥环 ${value}`);

const never: Describe = () => undefined;

const describers: Readonly<Record<Kind, Describe>> = {
  interface: interfaceName,
  altname,
  hostname,
  user,
  mode,
  program,
  signal: signals,
  signals,
  file,
  directory: file,
  key: keyrings,
  text,
  word: name,
  variable: variableName,
  pattern: (value) => told(`text that fits ${value}`, `符合 ${value} 的文字`),
  expression: (value) => told(`the editing command ${value}`, `编辑命令 ${value}`),
  number,
  bytes,
  seconds,
  mtu,
  group,
  pid,
  'exit-code': exitCode,
  port: (value) => (/^\d+(?::\d+)?$/.test(value) ? told(`port ${value}`, `端口 ${value}`) : /^[a-z][\w-]*$/.test(value) ? told(`the port of ${value}`, `${value} 服务的端口`) : undefined),
  vlan: (value) => (/^\d+$/.test(value) ? told(`the number ${value} of the virtual network`, `虚拟网络编号 ${value}`) : undefined),
  mac,
  address,
  prefix: (value, about) => eitherAddress(value, about) ?? prefix(value, about),
  gateway,
  broadcast,
  netns,
  'to-address': (value) =>
    /^[\d.]+(?::\d+)?$/.test(value) ? told(`the new address ${value}`, `新的地址 ${value}`) : undefined,
  source,
  destination: (value, about) => prefix(value, about),
  chain,
  comment,
  'conntrack-states': conntrackStates,
  setting,
  assignment: assignedSetting,
  capabilities,
  propagation,
  'mount-source': mountSource,
  'mount-options': mountOptions,
  'file-system': fileSystem,
  tests: name,
  scope: (value) =>
    ({
      global: told('valid everywhere', '到处有效'),
      link: told('valid only on this link', '只在这条链路上有效'),
      host: told('valid only inside this machine', '只在本机内有效'),
    })[value],
  table: firewallTable,
  'file-line': never,
  'nft-text': name,
  script: never,
  'script-name': scriptName,
  'script-argument': (value, about) => file(value, about) ?? name(value, about),
  command: never,
};

export function describeValue(
  kind: Kind,
  value: string,
  about: Parameters<Describe>[1],
): Told | undefined {
  return describers[kind](value, about);
}

export { host };
