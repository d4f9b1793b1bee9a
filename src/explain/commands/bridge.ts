import { type Program, word } from '../grammar.ts';
import { dev } from './ip-link.ts';

/** bridge(8), of the same package. */
export const bridgeTool: Program = {
  means: {
    en: "bridge, iproute2's tool for bridges and their ports",
    zh: 'bridge，iproute2 里管理网桥及其端口的工具',
  },
  style: 'words',
  abbreviates: true,
  scope: {
    words: {
      link: word('object: ports', '对象：端口'),
      fdb: word(
        'object: which MAC is behind which port',
        '对象：转发表，即哪个 MAC 在哪个端口后面',
      ),
      vlan: word('object: VLANs of ports', '对象：端口的 VLAN'),
      show: word('list them', '列出'),
      add: word('add one', '添加', { takes: ['mac'] }),
      append: word('add one more', '追加', { takes: ['mac'] }),
      delete: word('remove one', '删除', { takes: ['mac'] }),
      set: word('change a port', '修改端口'),
      dev,
      br: word('of this bridge', '属于这个网桥', { takes: ['interface'] }),
      master: word("in the bridge's table", '写入网桥的表'),
      isolated: word('isolated ports cannot talk to each other', '隔离的端口之间不能通信', {
        takes: ['choice'],
      }),
      hairpin: word('whether a frame may leave where it came from', '帧能否从来的端口再出去', {
        takes: ['choice'],
      }),
      learning: word('whether it learns MACs', '是否学习 MAC', { takes: ['choice'] }),
      dst: word('at this address, through a tunnel', '经隧道到这个地址', { takes: ['prefix'] }),
      '-d': word('with details', '显示细节'),
      '-j': word('as JSON', '以 JSON 输出'),
      '-s': word('with counters', '显示计数'),
    },
  },
};
