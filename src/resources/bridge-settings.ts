import { type Argv, cmd } from '../model/command.ts';
import type { BridgeSettings } from '../model/resource.ts';
import type { ResourceKind } from './kind.ts';
import { otherPorts, stackedOn } from './users.ts';

const noMac = '00:00:00:00:00:00';
/** Bytes. The kernel's MTU for a bridge without ports (net/bridge/br_if.c, br_mtu_auto_adjust). */
const emptyMtu = 1500;

/** Restores a bridge's previous settings; without `up`, also sets it down. */
export function bridgeArgv({ link, mac, mtu, up }: BridgeSettings): Argv {
  const address = mac === undefined ? [] : ['address', mac];
  return cmd`ip link set dev ${link} ${address} mtu ${mtu} ${up ? [] : ['down']}`;
}

/** Settings of a bridge without ports that existed before ctr (ip-link(8), type bridge). */
export const bridgeSettings: ResourceKind<BridgeSettings, 'links'> = {
  reads: { links: true },
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
    // The kernel itself sets `noMac` and `emptyMtu` on a bridge without ports; any other value was set by somebody
    // else.
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
