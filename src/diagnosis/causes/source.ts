import type { Cause, Found, Hint } from '../cause.ts';
import { sysctl } from '../clues/passages.ts';
import { attachmentFor, senderOf, wayOutOf } from '../clues/sender.ts';
import { capital, nameOf, same, t } from '../clues/words.ts';
import type { Position } from '../position.ts';
import { wiresOf } from '../wires.ts';

function showLinks(place: Hint['place']): Hint {
  return { place, argv: ['ip', 'address', 'show'] };
}

/** The kernel of the sender refuses, before any hook. */
function atOnce(place: Hint['place']): readonly Position[] {
  return [{ direction: 'there', place, point: 'send' }];
}

const noInterface: Cause = {
  id: 'source-no-interface',
  stage: 'source',
  title: t('The sender has no interface', '发送方没有网络接口'),
  judge: (evidence, path) => {
    const sender = senderOf(evidence, path);
    const { question, reading, lab } = evidence;
    if (sender === undefined || sender.leg?.does !== 'none') return [];
    const { place, links, attachments } = sender;
    const wanted = attachmentFor(attachments, question.to);
    const missing = wanted !== undefined && !links.some(({ name }) => name === wanted.device);
    if (!missing && links.length > 0) return [];
    // Its cable may be there, with both ends on the host: then that is the reason.
    const outers =
      lab?.containers.flatMap((one) => one.attachments.map(({ outer }) => outer)) ?? [];
    const wires = wiresOf(reading);
    const astray = outers.some(
      (dev) => dev === wanted?.outer && wires.other({ place: 'host', dev })?.place === 'host',
    );
    if (astray) return [];
    const where = nameOf(place);
    const device = wanted?.device ?? 'eth0';
    return [
      {
        direction: 'there',
        place,
        at: atOnce(place),
        says: t(
          `${capital(where).en} has no interface ${device}: its end of the veth pair is gone.`,
          `${where.zh}没有接口 ${device}：它那一端的 veth 已经不在了。`,
        ),
        evidence: [same(`ip link: ${['lo', ...links.map(({ name }) => name)].join(' ')}`)],
        check: [{ place, argv: ['ip', 'link', 'show'] }],
        certain: true,
      },
    ];
  },
};

const down: Cause = {
  id: 'source-down',
  stage: 'source',
  title: t("The sender's interface is down", '发送方的接口处于关闭状态'),
  judge: (evidence, path) => {
    const sender = senderOf(evidence, path);
    if (sender === undefined || sender.leg?.does !== 'none') return [];
    const link = wayOutOf(sender, evidence.question.to);
    if (link === undefined || link.up) return [];
    const { place } = sender;
    const where = nameOf(place);
    const { name, addresses } = link;
    return [
      {
        direction: 'there',
        place,
        at: atOnce(place),
        says: t(
          `${name} of ${where.en} is down, so its routes are gone; bringing it up again does not restore the default route.`,
          `${where.zh}的接口 ${name} 处于 down 状态，它的路由也随之消失；重新启用后默认路由不会自动恢复。`,
        ),
        evidence: [same(`${name}: DOWN, ${addresses.join(' ') || '-'}`)],
        check: [showLinks(place)],
        fix: { place, argv: ['ip', 'link', 'set', 'dev', name, 'up'] },
        certain: true,
      },
    ];
  },
};

const noAddress: Cause = {
  id: 'source-no-address',
  stage: 'source',
  title: t('The sender has no IPv4 address', '发送方没有 IPv4 地址'),
  judge: (evidence, path) => {
    const sender = senderOf(evidence, path);
    if (sender === undefined || sender.leg === undefined) return [];
    const { question } = evidence;
    const link = wayOutOf(sender, question.to);
    if (link === undefined || !link.up || link.addresses.length > 0) return [];
    const { place, leg, attachments } = sender;
    const borrowed = leg.does !== 'none' && leg.source !== '0.0.0.0';
    if (borrowed || (leg.does !== 'none' && leg.does !== 'send')) return [];
    const where = nameOf(place);
    const { name } = link;
    const wanted = attachments.find(({ device }) => device === name);
    const fix = wanted && [
      ...['ip', 'address', 'add', `${wanted.address}/${wanted.prefix}`],
      ...['broadcast', wanted.broadcast, 'dev', name],
    ];
    return [
      {
        direction: 'there',
        place,
        at: [...atOnce(place), { direction: 'there', place, point: 'neighbour' }],
        says: t(
          `${name} of ${where.en} has no IPv4 address${wanted ? `; the lab gives it ${wanted.address}/${wanted.prefix}` : ''}.`,
          `${where.zh}的接口 ${name} 没有 IPv4 地址${wanted ? `；按配置应为 ${wanted.address}/${wanted.prefix}` : ''}。`,
        ),
        evidence: [same(`${name}: UP, inet -`)],
        check: [showLinks(place)],
        ...(fix === undefined ? {} : { fix: { place, argv: fix } }),
        certain: true,
      },
    ];
  },
};

const loopbackDown: Cause = {
  id: 'source-loopback-down',
  stage: 'source',
  title: t('The loopback interface is down', '回环接口处于关闭状态'),
  judge: (evidence, path) => {
    const sender = senderOf(evidence, path);
    if (sender === undefined) return [];
    const { place, reading, leg } = sender;
    const lo = reading.links.find(({ name }) => name === 'lo');
    const toItself = evidence.question.to.startsWith('127.') || leg?.out === 'lo';
    if (lo === undefined || lo.up || !toItself) return [];
    const where = nameOf(place);
    // It goes out by `lo`, or by the default route, and does not come in again.
    const points = ['send', 'ingress', 'prerouting', 'routing', 'input'] as const;
    return [
      {
        direction: 'there',
        place,
        at: points.map((point) => ({ direction: 'there', place, point })),
        says: t(
          `lo of ${where.en} is down: it cannot even reach itself (${evidence.question.to}).`,
          `${where.zh}的回环接口 lo 处于 down 状态：它连自己（${evidence.question.to}）都访问不了。`,
        ),
        evidence: [same('lo: DOWN')],
        check: [{ place, argv: ['ip', 'link', 'show', 'dev', 'lo'] }],
        fix: { place, argv: ['ip', 'link', 'set', 'dev', 'lo', 'up'] },
        certain: true,
      },
    ];
  },
};

const noIpv6: Cause = {
  id: 'ipv6-disabled',
  stage: 'source',
  title: t('IPv6 is disabled', 'IPv6 被禁用'),
  judge: (evidence, path) => {
    const sender = senderOf(evidence, path);
    if (sender === undefined || !evidence.question.to.includes(':')) return [];
    const { place, reading, links } = sender;
    const where = nameOf(place);
    const keys = ['all', ...links.map(({ name }) => name)].map(
      (name) => `net/ipv6/conf/${name}/disable_ipv6`,
    );
    const off = keys.filter((key) => sysctl(reading, key) === '1');
    const known = keys.some((key) => sysctl(reading, key) !== undefined);
    const [first] = off;
    if (known && first === undefined) return [];
    const found: Found = {
      direction: 'there',
      place,
      at: atOnce(place),
      says:
        first === undefined
          ? t(
              `${capital(where).en} has no IPv6: its kernel was started or built without it.`,
              `${where.zh}没有 IPv6：内核在启动或编译时就没有启用它。`,
            )
          : t(
              `IPv6 is disabled in ${where.en} (${first} is 1).`,
              `${where.zh}禁用了 IPv6（${first} 为 1）。`,
            ),
      evidence: off.map((key) => same(`${key} = 1`)),
      check: [{ place, argv: ['ip', '-6', 'address', 'show'] }],
      ...(first === undefined ? {} : { fix: { place, argv: ['sysctl', '-w', `${first}=0`] } }),
      certain: true,
    };
    return [found];
  },
};

export const source: readonly Cause[] = [noInterface, down, noAddress, loopbackDown, noIpv6];
