import { isOurGroup, markedBridge, markedContainer, sharedGroup } from '../../model/names.ts';
import { type Describe, told } from './about.ts';

export const interfaceName: Describe = (value) => {
  if (value === 'lo')
    return told('lo, the loopback interface: 127.0.0.1', 'lo，环回接口：127.0.0.1');
  if (value === 'wan0') {
    return told(
      "wan0, the sandbox host's interface to its internet",
      'wan0，沙盒主机通往外网的接口',
    );
  }
  if (value === 'docker0') return told("docker0, Docker's bridge", 'docker0，Docker 的网桥');
  if (/^(?:ctr|br|virbr|lxcbr)\d+$/.test(value)) {
    return told(
      `${value}, the bridge that the containers are attached to`,
      `${value}，容器接入的网桥`,
    );
  }
  if (/^veth[\da-f]{10}c$/.test(value)) {
    return told(
      'the end of the veth pair that goes into the container; the c says so, and it is called eth0 there',
      'veth 对里要进入容器的一端（名字以 c 结尾），进去以后改名为 eth0',
    );
  }
  if (/^veth[\da-f]{10}$/.test(value)) {
    return told(
      "the host's end of the veth pair; ctr derives the digits from the names of run, container and interface",
      'veth 对在宿主机上的一端；后面的数字由运行、容器和接口的名字算出',
    );
  }
  if (/^veth/.test(value))
    return told(`${value}, an end of a veth pair`, `${value}，veth 对的一端`);
  if (/^eth\d+$/.test(value)) {
    return told(
      `${value}: in a container, its end of the veth pair; elsewhere mostly a network card`,
      `${value}：在容器里是 veth 对的一端，在别处多半是网卡`,
    );
  }
  if (!/^[^\s/$]{1,15}\+?$/.test(value)) return undefined;
  if (value.endsWith('+')) {
    return told(
      `every interface whose name begins with ${value.slice(0, -1)}`,
      `名字以 ${value.slice(0, -1)} 开头的所有接口`,
    );
  }
  return told(`the interface ${value}, by name`, `接口 ${value}（按名字）`);
};

export const altname: Describe = (value) => {
  const [, run, container, device] = /^ctr:([^.]+)\.([^.]+)\.(.+)$/.exec(value) ?? [];
  if (run === undefined) return told('a second name of the interface', '接口的另一个名字');
  return told(
    `our mark in words: run ${run}, container ${container}, its ${device}`,
    `ctr 的标记：运行实例 ${run}，容器 ${container}，接口 ${device}`,
  );
};

/** The hooks of netfilter, after which ctr calls its base chains (nft(8), ADDRESS FAMILIES). */
const chains: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  prerouting: ['packets that arrive, before they are routed', '刚到达、还没有路由的包'],
  forward: ['packets that are passed on', '转发的包'],
  output: ['packets of this machine itself', '本机发出的包'],
  postrouting: ['packets that leave', '即将离开的包'],
  loopback: [
    'packets for 127.0.0.0/8 that arrive from outside',
    '从外面进来、发往 127.0.0.0/8 的包',
  ],
};

/** A table or a chain of nft(8). */
export const nftName: Describe = (value) => {
  const [prefix, bridge, run, container] = value.split('/');
  if (prefix === 'ctr' && container !== undefined && run !== undefined && /^[a-z]/.test(run)) {
    return told(
      `our table for the ports of container ${container}, run ${run}, bridge ${bridge}`,
      `ctr 的表，用于网桥 ${bridge} 上运行实例 ${run} 的容器 ${container} 的端口`,
    );
  }
  if (prefix === 'ctr' && bridge !== undefined) {
    return told(`our table for the bridge ${bridge}`, `ctr 的表，用于网桥 ${bridge}`);
  }
  const [en, zh] = Object.hasOwn(chains, value) ? (chains[value] ?? []) : [];
  if (en === undefined || zh === undefined) return undefined;
  return told(`the chain ${value}: ${en}`, `${value} 链：${zh}`);
};

export const comment: Describe = (value) => {
  const bridge = markedBridge(value);
  if (bridge === undefined)
    return told('a remark; the kernel only stores it', '备注；内核只保存它');
  return told(
    `our mark: this rule is ctr's, and belongs to bridge ${bridge}`,
    `ctr 的标记：这条规则属于 ctr 的网桥 ${bridge}`,
  );
};

export const group: Describe = (value) => {
  const number = Number(value);
  if (!Number.isInteger(number))
    return /^\w+$/.test(value) ? told('a link group by name', '接口组的名字') : undefined;
  const hex = `0x${number.toString(16)}`;
  if (number === sharedGroup) {
    return told(
      `our mark (${hex}, 0x4354 is CT): made by ctr, shared by several runs`,
      `ctr 的标记 (${hex}，0x4354 即 CT)：由 ctr 创建，多个运行实例共用`,
    );
  }
  if (isOurGroup(number)) {
    return told(
      `our mark (${hex}, 0x4354 is CT): made by ctr for one run`,
      `ctr 的标记 (${hex}，0x4354 即 CT)：由 ctr 为某个运行实例创建`,
    );
  }
  return told(
    number === 0 ? 'the group of all other interfaces' : 'the number of a link group',
    number === 0 ? '其他接口所在的默认组' : '接口组的编号',
  );
};

export const hostname: Describe = (value) =>
  /^[\w.-]+$/.test(value) ? told(`the host name ${value}`, `主机名 ${value}`) : undefined;

/** `$0` of the shell that waits: it marks the container's first process in ps(1). */
export const scriptName: Describe = (value) => {
  const marked = markedContainer(value);
  if (marked !== undefined) {
    return told(
      `$0 of that text, and our mark in ps: run ${marked.run}, container ${marked.container}`,
      `上面脚本里的 $0，也是 ps 里能看到的标记：运行实例 ${marked.run}，容器 ${marked.container}`,
    );
  }
  return told(`$0 of that text: ${value}`, `上面脚本里的 $0：${value}`);
};

/** `name_pid` is what ctr calls the variable with the pid of a container's first process. */
export function containerOf(variable: string): string | undefined {
  return /^\$\{?([a-z]\w*)_pid\}?$/.exec(variable)?.[1]?.replaceAll('_', '-');
}

export const pid: Describe = (value) => {
  const container = containerOf(value);
  if (container !== undefined) {
    return told(
      `the pid of container ${container}'s first process, known only once it runs`,
      `容器 ${container} 第一个进程的进程号，运行时才知道`,
    );
  }
  if (value === '1') return told('process 1, the first one', '1 号进程，第一个进程');
  if (value === '0') return told('0: the writing process itself', '0：写入的进程自己');
  return /^\d+$/.test(value) ? told(`process ${value}`, `进程 ${value}`) : undefined;
};

export const netns: Describe = (value, about) => {
  const container = containerOf(value);
  if (container !== undefined) {
    return told(
      `the network namespace of container ${container}: that of its first process, whose pid this is`,
      `容器 ${container} 的网络命名空间，即它第一个进程所在的那个（这里写的是进程号）`,
    );
  }
  const process = pid(value, about);
  if (process !== undefined) {
    return told(
      `the network namespace of ${process.means.en}`,
      `该进程所在的网络命名空间：${process.means.zh}`,
    );
  }
  return /^[\w.-]+$/.test(value)
    ? told(
        `the network namespace ${value}, a name below /run/netns`,
        `网络命名空间 ${value}（/run/netns 下的名字）`,
      )
    : undefined;
};
