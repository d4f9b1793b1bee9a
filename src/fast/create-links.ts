import { fuse, joined } from '../model/batch.ts';
import { cmd, pidOf } from '../model/command.ts';
import type { Attachment } from '../model/lab.ts';
import { groupOf } from '../model/names.ts';
import type { Plan } from '../model/plan.ts';
import type { Command, Step } from '../model/step.ts';
import { mergesOf } from '../model/step-id.ts';
import { nameForPeople } from '../steps/create-veth.ts';
import { highMac } from '../steps/set-mac.ts';
import { chunks } from './chunks.ts';

/** The most veth pairs per process: even with a slow kernel, it takes far less than a command's time limit. */
const cablesAtOnce = 25;

/**
 * ip-link(8): one request makes the veth pair, attaches the outer end to the bridge, sets it up, and creates the inner
 * end inside the container.
 */
function cable(attachment: Attachment, run: string): readonly Command[] {
  const { outer, outerMac, device, mac, container, network } = attachment;
  const group = groupOf(run);
  const high = highMac(outerMac);
  return [
    {
      argv: cmd`ip link add name ${outer} mtu ${network.mtu} address ${high} group ${group} master ${network.bridge} up type veth peer name ${device} mtu ${network.mtu} address ${mac} group ${group} netns ${pidOf(container)}`,
      makes: [
        { kind: 'link', name: outer, group },
        { kind: 'link-setting', link: outer, setting: 'mac', value: high },
        { kind: 'link-setting', link: outer, setting: 'master', value: network.bridge },
        { kind: 'link-setting', link: outer, setting: 'up', value: '' },
        { kind: 'peer', name: device, of: outer, container },
      ],
    },
    nameForPeople(attachment, run),
  ];
}

/** The bridges and veth pairs of the whole run. */
export function createLinks(plan: Plan): Step {
  const bridges = plan.steps.filter(({ id }) => id === 'ensure-bridge');
  const attachments = plan.lab.containers.flatMap((container) => container.attachments);
  const cables = chunks(attachments, cablesAtOnce).map((some) =>
    some.flatMap((attachment) => cable(attachment, plan.name)),
  );
  const [first = [], ...rest] = cables;
  const batches = [[...bridges.flatMap(({ commands }) => commands), ...first], ...rest];
  return {
    id: 'create-links',
    of: plan.name,
    title: {
      en: `Create ${attachments.length === 1 ? 'the veth pair, attach it to its bridge and switch it on' : `${attachments.length} veth pairs, attach them to their bridges and switch them on`}`,
      zh:
        attachments.length === 1
          ? '创建 veth 对，接入网桥并启用'
          : `创建 ${attachments.length} 个 veth 对，接入网桥并启用`,
    },
    why: {
      en: "One request creates a veth pair with both names and MACs, attaches the host's end to the bridge, and creates the other end directly in the waiting process's network namespace. ip reads the requests from its standard input, one per line, and stops at the first failure.",
      zh: '一个请求就创建一个 veth 对：设好两端的名字和 MAC，把宿主机端接入网桥，另一端直接创建在等待中的进程的网络命名空间里。ip 从标准输入逐行读取请求，一旦失败就停下。',
    },
    // The sysctls of a bridge with IPv6 are written by another program than ip.
    commands: batches.flatMap((batch) => fuse(batch).map(joined)),
    inherits: bridges.flatMap(({ inherits = [] }) => inherits),
    merges: {
      steps: mergesOf('create-links'),
      saves: {
        en: 'Moving an interface costs more than creating one: before an interface may leave a namespace, the kernel waits until no CPU uses it any more (RCU), about 25 ms. An interface created in the right namespace needs no such wait.',
        zh: '移动接口比创建接口代价更高：接口离开命名空间之前，内核要等所有 CPU 都不再使用它 (RCU)，大约 25 毫秒。直接创建在目标命名空间里的接口不需要这样等待。',
      },
    },
  };
}
