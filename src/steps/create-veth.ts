import { cmd } from '../model/command.ts';
import type { Attachment } from '../model/lab.ts';
import { groupOf } from '../model/names.ts';
import type { Command } from '../model/step.ts';
import type { AttachmentStep } from './scope.ts';

/** A readable name as altname: the 15 bytes of an interface name are too short for one (ip-link(8), `altname`). */
function altnameOf({ container, device }: Attachment, run: string): string {
  // Run and container names have no dots, and interface names no colons, so the altname is unique.
  return `ctr:${run}.${container}.${device}`;
}

/** The command that adds the readable name. */
export function nameForPeople(attachment: Attachment, run: string): Command {
  const { outer } = attachment;
  const altname = altnameOf(attachment, run);
  return {
    argv: cmd`ip link property add dev ${outer} altname ${altname}`,
    makes: [{ kind: 'link-setting', link: outer, setting: 'altname', value: altname }],
  };
}

/** veth(4). The request that makes the pair also sets both MACs and the MTU, so udev changes nothing later. */
export const createVeth: AttachmentStep = (attachment, { lab }) => {
  const { outer, inner, outerMac, mac, device, container, network } = attachment;
  const group = groupOf(lab.name);
  return {
    id: 'create-veth',
    of: `${container}/${device}`,
    title: { en: `Create veth pair ${outer} - ${inner}`, zh: `创建 veth 对 ${outer} - ${inner}` },
    why: {
      en: 'A veth pair is a virtual cable: what enters one end leaves the other. Both ends start on the host; the one whose name ends in c goes into the container. The number after group is the label by which ctr recognises the interfaces of this run, and the altname is a second name, which says what the veth pair is for.',
      zh: 'veth 对 (veth pair) 相当于一根虚拟网线：从一端进，从另一端出。两端一开始都在宿主机上，名字以 c 结尾的一端之后移入容器。group 后面的数字是标记，ctr 靠它认出这次运行的接口；别名 (altname) 是第二个名字，说明这对接口的用途。',
    },
    commands: [
      {
        argv: cmd`ip link add name ${outer} mtu ${network.mtu} address ${outerMac} group ${group} type veth peer name ${inner} mtu ${network.mtu} address ${mac} group ${group}`,
        makes: [
          { kind: 'link', name: outer, group },
          { kind: 'peer', name: inner, of: outer, moves: true },
        ],
      },
      nameForPeople(attachment, lab.name),
    ],
  };
};
