import type { Config } from '../config/schema.ts';
import { writtenPrefix } from '../config/subnets.ts';
import type { Facts } from '../facts/index.ts';
import type { Problem } from '../model/errors.ts';
import { parseAddress, parseCidr } from '../model/ipv4.ts';
import type { LabNetwork } from '../model/lab.ts';
import { own } from '../model/own.ts';

/** Differences between an existing bridge and the config. ctr changes neither to fit the other. */
export function bridgeMismatches(
  config: Config,
  networks: readonly LabNetwork[],
  facts: Facts,
): readonly Problem[] {
  return networks.flatMap((network): readonly Problem[] => {
    const { bridge, gateway } = network;
    const link = facts.links.find(({ name, kind }) => name === bridge && kind === 'bridge');
    const wanted = own(config.networks, network.name);
    if (link === undefined || wanted === undefined) return [];
    const problems: Problem[] = [];
    const here = link.addresses.find((text) => parseCidr(text).address === parseAddress(gateway));
    const written = writtenPrefix(config, network.name);
    const has = here === undefined ? undefined : parseCidr(here).prefix;
    if (has !== undefined && written !== undefined && written.prefix !== has) {
      problems.push({
        code: 'E063',
        place: bridge,
        message: {
          en: `bridge ${bridge} exists with address ${here}, but the config says ${gateway}/${written.prefix}`,
          zh: `网桥 ${bridge} 已存在，地址是 ${here}，而配置写的是 ${gateway}/${written.prefix}`,
        },
        fix: {
          en: `write /${has} in the config, leave the prefix out, or use another bridge name`,
          zh: `在配置里写 /${has}，或者不写前缀长度，或者换一个网桥名`,
        },
      });
    }
    const { mac } = wanted.bridge;
    if (mac !== 'auto' && mac !== link.mac) {
      problems.push({
        code: 'E064',
        place: bridge,
        message: {
          en: `bridge ${bridge} exists with MAC ${link.mac}, but the config says ${mac}`,
          zh: `网桥 ${bridge} 已存在，MAC 是 ${link.mac}，而配置写的是 ${mac}`,
        },
        fix: {
          en: 'write "auto" or that MAC, or use another bridge name',
          zh: '写 "auto" 或那个 MAC，或者换一个网桥名',
        },
      });
    }
    const ports = facts.links.filter(({ master }) => master === bridge);
    const passes = Math.min(link.mtu, ...ports.map(({ mtu }) => mtu));
    // A bridge without ports adopts the MTU of the first port.
    if (wanted.mtu !== 'auto' && ports.length > 0 && wanted.mtu > passes) {
      problems.push({
        code: 'E083',
        place: bridge,
        message: {
          en: `MTU ${wanted.mtu} is more than bridge ${bridge} forwards (${passes}): larger packets would be lost`,
          zh: `MTU ${wanted.mtu} 大于网桥 ${bridge} 能转发的 ${passes}：更大的数据包会丢失`,
        },
        fix: {
          en: `write "mtu": ${passes} or less, or use another bridge name`,
          zh: `写 "mtu": ${passes} 或更小，或者换一个网桥名`,
        },
      });
    }
    return problems;
  });
}
