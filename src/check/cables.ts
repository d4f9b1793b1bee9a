import type { Inside } from '../engine/observe.ts';
import type { LinkFact } from '../facts/index.ts';
import type { Attachment } from '../lab.ts';
import { type Finding, finding } from './finding.ts';

/** The host's end of a container's cable. */
export function cable({ outer, network }: Attachment, link: LinkFact | undefined): Finding {
  return finding(
    link?.up === true && link.master === network.bridge,
    'host',
    `${outer} is up, a port of ${network.bridge}`,
    `${outer} 已启用，是 ${network.bridge} 的端口`,
    link === undefined ? 'no such link' : `${link.up ? 'up' : 'down'} master ${link.master ?? '-'}`,
  );
}

/** The container's end, and its default route. */
export function insideOf(
  { links, routes }: Inside,
  attachments: readonly Attachment[],
  container: string,
): readonly Finding[] {
  return attachments.flatMap(({ device, address, prefix, gateway, network }) => {
    const link = links.find(({ name }) => name === device);
    const wanted = `${address}/${prefix}`;
    const interfaceFinding = finding(
      link?.up === true && link.addresses.includes(wanted),
      container,
      `${device} is up with ${wanted}`,
      `${device} 已启用，地址 ${wanted}`,
      link === undefined
        ? 'no such link'
        : `${link.up ? 'up' : 'down'} ${link.addresses.join(' ')}`,
    );
    if (gateway === null) return [interfaceFinding];
    const wantedRoutes = ['default', ...(network.elsewhere ?? [])].map((wantedTo) => {
      const found = routes.find(({ to }) => to === wantedTo);
      const [en, zh] =
        wantedTo === 'default'
          ? ['default route', '默认路由']
          : [`route ${wantedTo}`, `路由 ${wantedTo}`];
      return finding(
        found?.gateway === gateway,
        container,
        `${en} via ${gateway}`,
        `${zh}，下一跳 ${gateway}`,
        found === undefined ? 'none' : `via ${found.gateway ?? '-'}`,
      );
    });
    return [interfaceFinding, ...wantedRoutes];
  });
}
