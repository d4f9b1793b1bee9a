import { subnetTo } from '../facts/routes.ts';
import { readSysctl } from '../facts/sysctls.ts';
import type { Examination } from './examination.ts';

/** rp_filter(strict): a packet is dropped if the reply to it would leave by another interface (RFC 3704). */
const strict = 1;

/** The kernel takes the higher of an interface's value and that of `all` (kernel: networking/ip-sysctl). */
function filterOn(name: string): number {
  const of = (at: string) => Number(readSysctl(`net/ipv4/conf/${at}/rp_filter`) ?? 0);
  return Math.max(of('all'), of(name));
}

export const reversePath: Examination = {
  area: 'rp_filter',
  title: { en: 'rp_filter', zh: 'rp_filter' },
  async examine(host) {
    const { routes } = await host.facts;
    const ways = routes.filter((route) => subnetTo(route).prefix === 0 && route.type === undefined);
    const names = [...new Set(ways.flatMap(({ dev }) => dev ?? []))];
    const strictly = names.filter((name) => filterOn(name) === strict);
    const [first] = strictly;
    if (first === undefined || names.length < 2) {
      const how = strictly.length > 0 ? 'strict' : 'not strict';
      return [
        {
          id: 'rp-filter',
          severity: 'ok',
          says: {
            en: `${how}; ${names.length === 1 ? 'one interface leads' : `${names.length} interfaces lead`} to the internet`,
            zh: `${strictly.length > 0 ? '严格模式' : '非严格模式'}；通往互联网的接口有 ${names.length} 个`,
          },
        },
      ];
    }
    return [
      {
        id: 'rp-filter-strict',
        severity: 'note',
        says: {
          en: `rp_filter is strict on ${strictly.join(', ')}, and ${names.length} interfaces lead to the internet`,
          zh: `${strictly.join('、')} 的 rp_filter 为严格模式，而通往互联网的接口有 ${names.length} 个`,
        },
        means: {
          en: 'a reply that arrives by another interface than the one to its sender is dropped, and no rule counts it',
          zh: '应答从别的接口（不是去往发送方的接口）到达时会被丢弃，而且没有规则计数',
        },
        fixes: strictly.map((name) => ({
          command: `sudo sysctl net.ipv4.conf.${name}.rp_filter=2`,
          costs: {
            en: 'loose: accepts forged sources that have some route; until the next reboot',
            zh: '宽松模式：会接受有路由的伪造源地址；重启前有效',
          },
        })),
      },
    ];
  },
};
