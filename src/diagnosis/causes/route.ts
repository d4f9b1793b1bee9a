import { routeText, subnetTo } from '../../facts/routes.ts';
import { contains, formatSubnet, parseAddress, parseCidr, subnetOf } from '../../model/ipv4.ts';
import type { Text } from '../../model/text.ts';
import type { Cause } from '../cause.ts';
import { anywhere, atOnce } from '../clues/ends.ts';
import { badPrefix } from '../clues/prefix.ts';
import { gatewayFor, isIn, senderOf, showRoutes, wayOutOf } from '../clues/sender.ts';
import { transmissions } from '../clues/transmissions.ts';
import { capital, nameOf, same, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import { type Path, pathOf } from '../path.ts';
import { elsewhere } from './route-elsewhere.ts';

/** The sender, if its interface could carry the packet: up, and with an address. */
function ready(evidence: Evidence, path: Path) {
  const sender = senderOf(evidence, path);
  const link = sender && wayOutOf(sender, evidence.question.to);
  if (sender?.leg === undefined || link === undefined || !link.up) return undefined;
  return { sender, leg: sender.leg, link };
}

const missing: Cause = {
  id: 'route-missing',
  stage: 'route',
  title: t('The sender has no route', '发送方没有路由'),
  judge: (evidence, path) => {
    const found = ready(evidence, path);
    if (found === undefined) return [];
    const { sender, leg, link } = found;
    const { question } = evidence;
    if (leg.does !== 'none' || leg.route !== undefined || leg.rule !== undefined) return [];
    if (link.addresses.length === 0) return [];
    if (badPrefix(evidence, sender, link.name) !== undefined) return [];
    const { place, reading } = sender;
    const where = nameOf(place);
    const [gateway, hasDefault] = [
      gatewayFor(evidence, sender, link.name),
      reading.routes.some(({ to, table }) => to === 'default' && table === undefined),
    ];
    const near = link.addresses.find((one) => isIn(one, question.to));
    const argv =
      near !== undefined
        ? ['ip', 'route', 'add', formatSubnet(subnetOf(parseCidr(near))), 'dev', link.name]
        : gateway === undefined
          ? undefined
          : ['ip', 'route', 'add', 'default', 'via', gateway, 'dev', link.name];
    const what: Text = near
      ? t(
          `the route to its own subnet ${formatSubnet(subnetOf(parseCidr(near)))} is missing`,
          `缺少到所在子网 ${formatSubnet(subnetOf(parseCidr(near)))} 的路由`,
        )
      : hasDefault
        ? t('none of its routes leads there', '没有一条路由通向那里')
        : t('its default route is missing', '缺少默认路由');
    return [
      {
        direction: 'there',
        place,
        at: atOnce(place),
        says: t(
          `${capital(where).en} has no route to ${question.to}: ${what.en}.`,
          `${where.zh}没有到 ${question.to} 的路由：${what.zh}。`,
        ),
        evidence: [
          same(
            `ip route: ${
              reading.routes
                .filter(({ table }) => table === undefined)
                .map(routeText)
                .join('; ') || '-'
            }`,
          ),
        ],
        check: [{ place, argv: ['ip', 'route', 'get', question.to] }, showRoutes(place)],
        ...(argv === undefined ? {} : { fix: { place, argv } }),
        certain: true,
      },
    ];
  },
};

const prefix: Cause = {
  id: 'route-prefix',
  stage: 'route',
  title: t("The sender's address has the wrong prefix", '发送方地址的前缀长度不对'),
  judge: (evidence, path) => {
    const found = ready(evidence, path);
    if (found === undefined) return [];
    const { sender, leg, link } = found;
    const { question } = evidence;
    const bad = badPrefix(evidence, sender, link.name);
    if (bad === undefined) return [];
    const { place } = sender;
    const where = nameOf(place);
    const { address, wanted } = bad;
    const [own = ''] = address.split('/');
    const narrow = bad.prefix > wanted;
    const right = subnetOf({ address: parseAddress(own), prefix: wanted });
    // Too narrow: nothing is on link, and a router of the right subnet cannot be asked. Too wide: a target behind the
    // router is asked for by ARP.
    const onLink =
      leg.does === 'send' && leg.route?.gateway === undefined && leg.nextHop === question.to;
    const beyond = !contains(right, parseAddress(question.to));
    const certain = narrow
      ? leg.does === 'none' && leg.route === undefined
      : onLink && beyond && leg.route !== undefined && subnetTo(leg.route).prefix < wanted;
    if (!certain) return [];
    const [tx] = transmissions(evidence, path);
    if (!narrow && (tx?.around.owners.length ?? 0) > 0) return [];
    return [
      {
        direction: 'there',
        place,
        at: narrow
          ? atOnce(place)
          : [
              { direction: 'there', place, point: 'neighbour' },
              { direction: 'there', place, point: 'wire' },
            ],
        says: narrow
          ? t(
              `${link.name} of ${where.en} has ${address} instead of ${own}/${wanted}: with this prefix, neither the gateway nor any neighbour is on-link.`,
              `${where.zh}的 ${link.name} 的地址是 ${address}，应为 ${own}/${wanted}：前缀太长，网关和邻居都不在直连子网里。`,
            )
          : t(
              `${link.name} of ${where.en} has ${address} instead of ${own}/${wanted}: with this prefix, the kernel takes ${question.to} to be on-link and sends ARP requests for it, which nobody answers.`,
              `${where.zh}的 ${link.name} 的地址是 ${address}，应为 ${own}/${wanted}：前缀太短，${question.to} 被当作直连地址，内核直接对它发 ARP 请求，没有应答。`,
            ),
        evidence: [same(`ip address: ${address}`)],
        check: [{ place, argv: ['ip', 'address', 'show', 'dev', link.name] }, showRoutes(place)],
        fix: {
          place,
          argv: ['ip', 'address', 'replace', `${own}/${wanted}`, 'dev', link.name],
        },
        certain: true,
      },
    ];
  },
};

const policy: Cause = {
  id: 'route-policy',
  stage: 'route',
  title: t('A policy rule decides before the main table', '策略路由规则先于 main 表生效'),
  judge: (evidence, path) => {
    const sender = senderOf(evidence, path);
    const rule = sender?.leg?.rule;
    const { question, reading } = evidence;
    if (sender?.leg === undefined || rule === undefined) return [];
    const { place, reading: here, leg } = sender;
    const { rules: _, ...without } = here;
    const rather = pathOf(question, { ...reading, [place]: without });
    if (leg.does !== 'none' && path.arrives && path.returns) return [];
    const helps = rather.arrives || rather.leaves;
    if (!helps && leg.does !== 'none') return [];
    const where = nameOf(place);
    const does = rule.action ?? `lookup ${rule.table ?? ''}`;
    const route = leg.route === undefined ? '' : ` → ${routeText(leg.route)}`;
    return [
      {
        direction: 'there',
        place,
        at: leg.does === 'none' ? atOnce(place) : anywhere(path),
        says: t(
          `In ${where.en}, policy rule ${rule.priority} (${does}${route}) decides on packets for ${question.to} before table main is looked up.`,
          `在${where.zh}里，策略路由规则 ${rule.priority}（${does}${route}）优先于 main 表，发往 ${question.to} 的数据包由它处理。`,
        ),
        evidence: [same(`ip rule: ${rule.priority}: ${does}`)],
        check: [
          { place, argv: ['ip', 'rule', 'show'] },
          { place, argv: ['ip', 'route', 'get', question.to] },
        ],
        fix: { place, argv: ['ip', 'rule', 'del', 'pref', String(rule.priority)] },
        certain: leg.unsure !== true,
      },
    ];
  },
};

const blocked: Cause = {
  id: 'route-blocked',
  stage: 'route',
  title: t('A route blocks the target', '有路由拦截了发往目标的数据包'),
  judge: (evidence, path) => {
    const sender = senderOf(evidence, path);
    const { question } = evidence;
    if (sender?.leg?.does !== 'none' || sender.leg.rule !== undefined) return [];
    const { place, leg } = sender;
    const { route } = leg;
    if (route?.type === undefined) return [];
    const where = nameOf(place);
    const table = route.table === undefined ? [] : ['table', route.table];
    return [
      {
        direction: 'there',
        place,
        at: atOnce(place),
        says: t(
          `${capital(where).en} has the route ${routeText(route)}, which blocks every packet to ${question.to}.`,
          `${where.zh}有一条路由 ${routeText(route)}，会拦截发往 ${question.to} 的所有数据包。`,
        ),
        evidence: [same(`ip route: ${routeText(route)}`)],
        check: [{ place, argv: ['ip', 'route', 'get', question.to] }, showRoutes(place)],
        fix: { place, argv: ['ip', 'route', 'del', route.type, route.to, ...table] },
        certain: leg.unsure !== true,
      },
    ];
  },
};

export const route: readonly Cause[] = [policy, blocked, missing, prefix, elsewhere];
