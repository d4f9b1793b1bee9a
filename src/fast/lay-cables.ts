import { joined } from '../batch.ts';
import { cmd, pidOf } from '../command.ts';
import type { Attachment } from '../lab.ts';
import { groupOf } from '../names.ts';
import type { Plan } from '../plan.ts';
import type { Command, Step } from '../step.ts';
import { altnameOf } from '../steps/create-veth.ts';
import { highMac } from '../steps/set-mac.ts';

/** So many cables a process: also where the kernel is slow, it stays far below the time limit of a command. */
const cablesAtOnce = 25;

/** ip-link(8): one request makes the cable, plugs it in, switches it on, and has its other end born inside. */
function cable(attachment: Attachment, run: string): readonly Command[] {
  const { outer, outerMac, device, mac, container, network } = attachment;
  const group = groupOf(run);
  return [
    {
      argv: cmd`ip link add name ${outer} mtu ${network.mtu} address ${highMac(outerMac)} group ${group} master ${network.bridge} up type veth peer name ${device} mtu ${network.mtu} address ${mac} group ${group} netns ${pidOf(container)}`,
      undo: { kind: 'delete-link', link: outer, group },
    },
    { argv: cmd`ip link property add dev ${outer} altname ${altnameOf(attachment, run)}` },
  ];
}

function chunks<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}

/** Bridges and cables of the whole run. */
export function layCables(plan: Plan): Step {
  const bridges = plan.steps.filter(({ id }) => id === 'ensure-bridge');
  const attachments = plan.lab.containers.flatMap((container) => container.attachments);
  const cables = chunks(attachments, cablesAtOnce).map((some) =>
    some.flatMap((attachment) => cable(attachment, plan.name)),
  );
  const [first = [], ...rest] = cables;
  const batches = [[...bridges.flatMap(({ commands }) => commands), ...first], ...rest];
  return {
    id: 'lay-cables',
    of: plan.name,
    title: {
      en: `Make ${attachments.length === 1 ? 'the cable' : `${attachments.length} cables`}, plugged in and switched on`,
      zh:
        attachments.length === 1
          ? '造好网线，插好并启用'
          : `造好 ${attachments.length} 根网线，插好并启用`,
    },
    why: {
      en: 'One request makes a cable with both names and MACs, plugs this end into the bridge, and has the other end born in the waiting process. ip reads the requests from its input, one a line, and stops at the first that fails.',
      zh: '一个请求就造好一根网线：两头的名字和 MAC 都定好，这一头插上网桥，另一头直接诞生在等待中的进程里。ip 从标准输入逐行读取请求，遇到第一个失败就停下。',
    },
    commands: batches.filter((batch) => batch.length > 0).map(joined),
    inherits: bridges.flatMap(({ inherits = [] }) => inherits),
    effects: [
      ...bridges.flatMap(({ effects }) => effects),
      ...attachments.flatMap(({ outer, device, container }) => [
        { kind: 'link', where: 'host', what: outer } as const,
        { kind: 'link', where: container, what: device } as const,
      ]),
    ],
    merges: {
      steps: [
        'ensure-bridge',
        'create-veth',
        'set-mac',
        'attach-bridge',
        'raise-link',
        'move-link',
      ],
      saves: {
        en: 'Moving a cable costs more than making one: before a link may leave a namespace, the kernel waits until every processor has let go of it (RCU), some 25 ms. A link that is born in its place waits for nobody.',
        zh: '搬一根网线比造一根更贵：接口离开命名空间之前，内核要等每个处理器都放开它 (RCU)，大约 25 毫秒。在原地诞生的接口不用等任何人。',
      },
    },
  };
}
