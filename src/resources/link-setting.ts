import type { LinkFact } from '../facts/index.ts';
import type { LinkSetting } from '../model/resource.ts';
import { linksIn, type ResourceKind } from './kind.ts';

/** The current value of the setting; undefined when it is as ctr set it. */
function differs(
  { setting, value }: LinkSetting,
  { up, mac, master, altnames, port }: LinkFact,
): string | undefined {
  switch (setting) {
    case 'up':
      return up ? undefined : 'down';
    case 'mac':
      return mac === value ? undefined : `MAC ${mac}`;
    case 'master':
      return master === value ? undefined : `master ${master ?? '-'}`;
    case 'altname':
      return altnames.includes(value) ? undefined : `altname ${altnames.join(' ') || '-'}`;
    case 'hairpin':
      return port?.hairpin === true ? undefined : 'hairpin off';
  }
}

/** ip-link(8). */
export const linkSetting: ResourceKind<LinkSetting, 'links' | 'inside'> = {
  reads: { links: true, inside: true },
  judge(setting, seen) {
    const links = linksIn(seen, setting.container);
    if (links === undefined) return undefined;
    const link = links.find(({ name }) => name === setting.link);
    if (link === undefined) return { state: 'absent', found: 'no such link' };
    const found = differs(setting, link);
    return found === undefined ? { state: 'ours' } : { state: 'changed', found };
  },
  says({ setting, value }) {
    switch (setting) {
      case 'up':
        return { en: 'up', zh: '已启用' };
      case 'mac':
        return { en: `MAC ${value}`, zh: `MAC ${value}` };
      case 'master':
        return { en: `port of ${value}`, zh: `${value} 的端口` };
      case 'altname':
        return { en: `also called ${value}`, zh: `别名 ${value}` };
      case 'hairpin':
        return { en: 'returns frames to the port they came from', zh: '帧可以从进来的端口返回' };
    }
  },
  of: ({ link }) => link,
};
