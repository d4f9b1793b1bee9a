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
  nftName,
  pid,
  scriptName,
} from './names.ts';
import { bytes, exitCode, mode, mtu, number, seconds, user } from './numbers.ts';
import { file, mountSource } from './paths.ts';
import { assignedSetting, setting } from './sysctl.ts';

const variableName: Describe = (value) =>
  /^[A-Za-z_]\w*$/.test(value) ? told(`the variable ${value}`, `变量 ${value}`) : undefined;

const program: Describe = (value) => told(`the program ${value}`, `程序 ${value}`);
const text: Describe = (value) => {
  if (value === 'go')
    return told('the line for which the first process waits', '第一个进程等待的那一行');
  if (value === 'visited')
    return told('a word that tells ctr how far this shell is', '告诉 ctr 这个 shell 进行到了哪里');
  if (value === '%s\\n') return told('each word on a line of its own', '每个词单独一行');
  return told('this text', '这段文字');
};
const name: Describe = (value) => told(`the name ${value}`, `名字 ${value}`);

const plain: Describe = (value) => told(`the value ${value}`, `取值 ${value}`);

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
  word: plain,
  choice: (value) => told(`the choice ${value}`, `取值 ${value}`),
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
  port: (value) =>
    /^\d+(?:[:-]\d+)?$/.test(value)
      ? told(`port ${value}`, `端口 ${value}`)
      : /^[a-z][\w-]*$/.test(value)
        ? told(`the port of ${value}`, `${value} 服务的端口`)
        : undefined,
  vlan: (value) =>
    /^\d+$/.test(value)
      ? told(`the number ${value} of the virtual network`, `虚拟网络编号 ${value}`)
      : undefined,
  mac,
  address,
  prefix: (value, about) => eitherAddress(value, about) ?? prefix(value, about),
  gateway,
  broadcast,
  netns,
  'to-address': (value) =>
    /^(?:[\d.]+(?::\d+)?|[\da-f:]*:[\da-f:]*|\[[\da-f:]+\]:\d+)$/.test(value)
      ? told(`the new address ${value}`, `新的地址 ${value}`)
      : undefined,
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
  tests: plain,
  scope: (value) =>
    ({
      global: told('valid everywhere', '到处有效'),
      link: told('valid only on this link', '只在这条链路上有效'),
      host: told('valid only inside this machine', '只在本机内有效'),
    })[value],
  table: firewallTable,
  'file-line': never,
  'nft-text': (value, about) => nftName(value, about) ?? name(value, about),
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
