import type { Facts } from '../facts/index.ts';
import { subnetTo } from '../facts/routes.ts';
import { formatAddress, formatSubnet, overlaps, parseCidr, subnetOf } from '../model/ipv4.ts';
import type { Examination } from './examination.ts';
import type { Finding } from './finding.ts';

/** H005 and W124: the subnet is routed elsewhere (docs/errors.md). */
const overlapping = /^(?:H005|W124)$/;

/** Private subnets (RFC 1918) to choose from. */
const candidates = [
  ...Array.from({ length: 20 }, (_, index) => `192.168.${100 + index}.0/24`),
  ...Array.from({ length: 20 }, (_, index) => `10.${200 + index}.0.0/24`),
].map((text) => subnetOf(parseCidr(text)));

/** The first of these subnets to which no route leads but the default one. */
function freeSubnet({ routes }: Facts) {
  const taken = routes.map(subnetTo).filter(({ prefix }) => prefix > 1);
  return candidates.find((one) => taken.every((other) => !overlaps(one, other)));
}

export const subnets: Examination = {
  area: 'subnets',
  title: { en: 'subnets', zh: '子网' },
  async examine(host) {
    const { facts, found } = await host.tutorial;
    const free = freeSubnet(facts);
    const gateway = free === undefined ? undefined : formatAddress(free.base + 1);
    const clashes = found.filter(({ code }) => overlapping.test(code));
    if (clashes.length === 0) {
      const also = free === undefined ? '' : `, ${formatSubnet(free)}`;
      return [
        {
          id: 'subnets',
          severity: 'ok',
          says: {
            en: `free: 192.168.0.0/16, which the tutorial uses${also}`,
            zh: `可用：教程所用的 192.168.0.0/16${also.replace(', ', '、')}`,
          },
        },
      ];
    }
    return clashes.map(
      ({ code, message }): Finding => ({
        id: 'subnet-taken',
        severity: code === 'H005' ? 'problem' : 'note',
        says: {
          en: `the tutorial's subnet is in use here: ${message.en}`,
          zh: `教程的子网在这里已被使用：${message.zh}`,
        },
        ...(free === undefined
          ? {}
          : {
              means: {
                en: `a free one is ${formatSubnet(free)}: "bridge_ip": "${gateway}/${free.prefix}" in the config`,
                zh: `可用的子网：${formatSubnet(free)}，在配置里写 "bridge_ip": "${gateway}/${free.prefix}"`,
              },
            }),
        fixes: [
          {
            command: 'ctr up --sandbox FILE',
            costs: {
              en: 'in a sandbox host, which has no such route',
              zh: '在沙盒主机里运行，那里没有这条路由',
            },
          },
        ],
      }),
    );
  },
};
