import { type Argv, cmd } from '../model/command.ts';
import type { BridgeSettings } from '../model/resource.ts';
import type { ResourceKind } from './kind.ts';
import { otherPorts, stackedOn } from './users.ts';

const noMac = '00:00:00:00:00:00';
/** Bytes: what the kernel gives a bridge whose last port has left (net/bridge/br_if.c, br_mtu_auto_adjust). */
const emptyMtu = 1500;

/** Sets what the bridge had before; without `up`, it is also switched off again. */
export function bridgeArgv({ link, mac, mtu, up }: BridgeSettings): Argv {
  const address = mac === undefined ? [] : ['address', mac];
  return cmd`ip link set dev ${link} ${address} mtu ${mtu} ${up ? [] : ['down']}`;
}

/** A bridge that existed before ctr, without ports (ip-link(8), type bridge). */
export const bridgeSettings: ResourceKind<BridgeSettings> = {
  judge(before, { links }, { goes }) {
    if (links === undefined) return undefined;
    const link = links.find(({ name }) => name === before.link);
    if (link === undefined) return { state: 'absent', found: 'no such link' };
    const { mac, mtu, up } = link;
    const sameMac = before.mac === undefined || mac === before.mac;
    if (sameMac && mtu === before.mtu && (before.up || !up)) return { state: 'restored' };
    const ports = otherPorts(links, before.link, goes);
    if (ports.length > 0) return { state: 'in-use', found: `port ${ports.join(' ')}` };
    const stacked = before.up ? [] : stackedOn(links, before.link, goes);
    if (stacked.length > 0) return { state: 'in-use', found: `interface ${stacked.join(' ')}` };
    // The rest is what the kernel makes of a bridge without ports; anything else somebody has set.
    if (!sameMac && mac !== noMac) return { state: 'changed', found: `address ${mac}` };
    if (mtu !== before.mtu && mtu !== emptyMtu) return { state: 'changed', found: `mtu ${mtu}` };
    return { state: 'ours' };
  },
  removal: {
    id: 'restore-bridges',
    title: { en: 'Set the bridge back as it was', zh: '把网桥恢复原样' },
    why: {
      en: 'When the last port leaves a bridge, the kernel resets its MTU. ctr sets it back once its own ports have left, unless somebody else has ports in it by then.',
      zh: '最后一个端口离开网桥时，内核会重置它的 MTU。ctr 自己的端口离开之后，ctr 把它设回去，除非那时网桥上有了别人的端口。',
    },
    one: bridgeArgv,
    guard: ({ link }) => [
      `ip link show dev ${link} >/dev/null 2>&1 || return 0`,
      `[ -z "$(ip -o link show master ${link})" ] || return 0`,
    ],
  },
  past: true,
  says: ({ link }) => ({ en: `settings of bridge ${link}`, zh: `网桥 ${link} 的设置` }),
};
