import { type Place, shortPlace } from '../../model/place.ts';
import type { Text } from '../../model/text.ts';

const han = '\\p{Script=Han}';
const between = new RegExp(`(?<=[A-Za-z0-9%)\\]])(?=${han})|(?<=${han})(?=[A-Za-z0-9(\\[])`, 'gu');

/** A sentence in both languages. Chinese gets a space beside Latin letters and numbers, whatever was put together. */
export function t(en: string, zh: string): Text {
  return { en, zh: zh.replaceAll(between, ' ') };
}

/** The same in both languages: names, numbers, commands. */
export function same(text: string): Text {
  return { en: text, zh: text };
}

/** A namespace, as it is called inside a sentence. */
export function nameOf(place: Place): Text {
  if (place === 'host') return t('the host', '宿主机');
  if (place === 'world') return t('the world', '外部世界');
  const name = shortPlace(place);
  if (place.startsWith('node ')) return t(`node ${name}`, `节点 ${name}`);
  return t(`container ${name}`, `容器 ${name}`);
}

/** The same where a sentence begins. */
export function capital({ en, zh }: Text): Text {
  return { en: en.charAt(0).toUpperCase() + en.slice(1), zh };
}

/** What was asked, as a packet: `a ping`, `TCP port 80`. */
export function packetOf({
  protocol,
  port,
}: {
  readonly protocol: 'icmp' | 'tcp' | 'udp';
  readonly port?: number;
}): Text {
  if (protocol === 'icmp') return t('the ping', 'ping 包');
  const name = protocol.toUpperCase();
  return port === undefined
    ? t(`the ${name} packet`, `${name} 包`)
    : t(`the packet to ${name} port ${port}`, `发往 ${name} 端口 ${port} 的包`);
}
