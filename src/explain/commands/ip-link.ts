import { type Scope, word } from '../grammar.ts';

export const dev = word('the next word is the interface', '后面是接口名', { takes: ['interface'] });

const up = word('switch it on (administratively)', '启用它（管理状态）');

const down = word('switch it off (administratively)', '停用它（管理状态）');

const mtu = word('the largest packet that it sends (MTU)', '它发送的最大包 (MTU)', {
  takes: ['mtu'],
});

const address = word('its MAC address', '它的 MAC 地址', { takes: ['mac'] });

const group = word('put it into this link group', '放进这个接口组', { takes: ['group'] });

const netns = word('in this network namespace', '放到这个网络命名空间', { takes: ['netns'] });

const name = word('its name', '它的名字', { takes: ['interface'] });

const master = word('attach it to this bridge, as a port', '接入这个网桥，成为它的端口', {
  takes: ['interface'],
});

/** ip-link(8): what `add` and `set` have in common. */
const common = {
  dev,
  name,
  mtu,
  address,
  group,
  netns,
  master,
  nomaster: word('detach it from its bridge', '从网桥上断开'),
  up,
  down,
  txqueuelen: word('how many packets wait in its queue', '发送队列的长度', { takes: ['number'] }),
  qlen: word('how many packets wait in its queue', '发送队列的长度', { takes: ['number'] }),
  alias: word('a remark', '备注', { takes: ['text'] }),
  arp: word('whether it answers ARP', '是否应答 ARP', { takes: ['choice'] }),
  promisc: word('whether it takes frames that are for others', '是否接收发给别人的帧', {
    takes: ['choice'],
  }),
  multicast: word('whether it takes multicast', '是否接收组播', { takes: ['choice'] }),
  broadcast: word('the MAC for all stations', '广播用的 MAC', { takes: ['mac'] }),
  carrier: word('whether it says that a cable is plugged in', '是否报告已接上网线', {
    takes: ['choice'],
  }),
  index: word('its number', '它的编号', { takes: ['number'] }),
  link: word('the interface that it is made on', '它建立在哪个接口上', { takes: ['interface'] }),
};

const bridge: Scope = {
  words: {
    stp_state: word('whether it looks for loops (STP)', '是否检测环路 (STP)', {
      takes: ['number'],
    }),
    forward_delay: word('how long a new port only listens', '新端口等待多久才转发', {
      takes: ['number'],
    }),
    ageing_time: word('how long it remembers a MAC', 'MAC 记住多久', { takes: ['number'] }),
    vlan_filtering: word('whether it tells VLANs apart', '是否区分 VLAN', { takes: ['number'] }),
    mcast_snooping: word('whether it watches who wants multicast', '是否跟踪谁需要组播', {
      takes: ['number'],
    }),
  },
};

const veth: Scope = {
  words: {
    peer: word('the other end:', '另一端：', { next: { words: common } }),
  },
};

const vxlan: Scope = {
  words: {
    id: word('the number of the virtual network', '虚拟网络的编号', { takes: ['vlan'] }),
    vni: word('the number of the virtual network', '虚拟网络的编号', { takes: ['vlan'] }),
    local: word('the address to send from', '发送用的本地地址', { takes: ['prefix'] }),
    remote: word('the address of the other machine', '对端机器的地址', { takes: ['prefix'] }),
    dstport: word('the UDP port to send to', '目的 UDP 端口', { takes: ['port'] }),
    dev,
  },
};

/** ip-link(8), TYPE. */
const types: Scope = {
  words: {
    bridge: word('a bridge: a switch inside the kernel', '网桥：内核里的交换机', { next: bridge }),
    veth: word('a veth pair: a virtual cable with two ends', 'veth 对：有两端的虚拟网线', {
      next: veth,
    }),
    vxlan: word('a tunnel that carries frames in UDP', '把以太网帧装进 UDP 的隧道', {
      next: vxlan,
    }),
    vlan: word('a part of an interface, for frames with one tag', '接口上带某个标签的那部分帧', {
      next: { words: { id: word('the tag', '标签', { takes: ['vlan'] }) } },
    }),
    macvlan: word(
      'an interface with a MAC of its own on another one',
      '在另一个接口上、有自己 MAC 的接口',
      {
        next: {
          words: { mode: word('who may talk to whom', '彼此能否通信', { takes: ['choice'] }) },
        },
      },
    ),
    ipvlan: word('an interface that shares the MAC of another one', '与另一个接口共用 MAC 的接口', {
      next: { words: { mode: word('what it divides by', '按什么划分', { takes: ['choice'] }) } },
    }),
    dummy: word('an interface that swallows every packet', '丢弃所有包的接口'),
    ifb: word('an interface for shaping what arrives', '用来限制流入流量的接口'),
    tun: word('an interface whose other end is a program', '另一端是程序的接口'),
    gre: word('a tunnel that carries packets in IP', '把包装进 IP 的隧道'),
    wireguard: word('an encrypted tunnel', '加密隧道'),
    vrf: word('a routing table of its own for its ports', '让端口使用单独路由表的设备', {
      next: { words: { table: word('that table', '路由表', { takes: ['number'] }) } },
    }),
    bridge_slave: word(
      'the settings of an interface as the port of a bridge',
      '接口作为网桥端口的设置',
      {
        next: {
          words: {
            hairpin: word(
              'whether a frame may leave where it came from',
              '帧能否从来的端口再出去',
              {
                takes: ['choice'],
              },
            ),
          },
        },
      },
    ),
    bond: word('several interfaces as one', '把几个接口合成一个'),
  },
};

const type = word('what kind of interface', '接口的类型', { next: types });

export const show: Scope = {
  words: {
    dev,
    group,
    master,
    up: word('only those that are on', '只看已启用的'),
    type,
    scope: word('only this scope', '只看这个范围', { takes: ['scope'] }),
    to: word('only addresses in this range', '只看这个范围的地址', { takes: ['prefix'] }),
    label: word('only this label', '只看这个标签', { takes: ['word'] }),
  },
  operands: ['interface'],
};

/** ip-link(8). */
export const link: Scope = {
  words: {
    add: word('make one', '新建', {
      next: { words: { ...common, type }, operands: ['interface'] },
    }),
    set: word('change something about it', '修改它', {
      next: {
        words: {
          ...common,
          name: word('rename it', '改名为', { takes: ['interface'] }),
          type,
          netns: word('move it into this network namespace', '移到这个网络命名空间', {
            takes: ['netns'],
          }),
          address: word('give it this MAC address', '把 MAC 地址改为', { takes: ['mac'] }),
        },
        operands: ['interface'],
      },
    }),
    delete: word('remove it; of a veth pair, both ends go', '删除；veth 对的两端会一起消失', {
      next: {
        words: {
          dev,
          group: word('all of this link group', '这个接口组里的全部接口', { takes: ['group'] }),
          type,
        },
        operands: ['interface'],
      },
    }),
    show: word('list them', '列出', { next: show }),
    list: word('list them', '列出', { next: show }),
    property: word('a property of the interface:', '接口的属性：', {
      next: {
        words: {
          add: word('add one', '添加'),
          delete: word('remove one', '删除'),
          dev,
          altname: word('a second name', '另一个名字', { takes: ['altname'] }),
        },
      },
    }),
  },
  operands: ['interface'],
};
