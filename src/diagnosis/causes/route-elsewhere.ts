import { routeText } from '../../facts/routes.ts';
import type { Place } from '../../model/place.ts';
import type { Cause, Found } from '../cause.ts';
import { anywhere } from '../clues/ends.ts';
import { badPrefix } from '../clues/prefix.ts';
import { isIn, senderOf, showRoutes } from '../clues/sender.ts';
import { transmissions } from '../clues/transmissions.ts';
import { capital, nameOf, same, t } from '../clues/words.ts';
import type { Evidence } from '../evidence.ts';
import type { Path } from '../path.ts';

/** Whether a namespace other than the host passes packets on that come in by an interface. */
function forwardsFor({ reading }: Evidence, { there }: Path): boolean {
  const next = there.slice(1).find(({ does }) => does !== 'bridged');
  if (next?.does !== 'forward') return next?.does === 'deliver';
  return reading[next.place]?.sysctls[`net/ipv4/conf/${next.in}/forwarding`] !== '0';
}

export const elsewhere: Cause = {
  id: 'route-elsewhere',
  stage: 'route',
  title: t('The route leads elsewhere', '路由指向了别处'),
  judge: (evidence, path): readonly Found[] => {
    const sender = senderOf(evidence, path);
    const leg = sender?.leg;
    const { question } = evidence;
    if (sender === undefined || leg?.does !== 'send' || leg.rule !== undefined) return [];
    const { out = '', route } = leg;
    const [tx] = transmissions(evidence, path);
    if (route === undefined || tx === undefined) return [];
    const attachment = sender.attachments.find(({ device }) => device === out);
    const expected = sender.attachments.find(({ gateway }) => gateway !== null);
    const onLink = sender.attachments.some(({ network }) => isIn(network.subnet, question.to));
    const known = sender.attachments.length > 0;
    const router = onLink ? undefined : (expected?.gateway ?? undefined);
    const device = onLink
      ? sender.attachments.find(({ network }) => isIn(network.subnet, question.to))?.device
      : expected?.device;
    const right = route.gateway === router && (device === undefined || device === out);
    if (known && right) return [];
    // What the host sends to the lab's containers is judged with what it passes on to them.
    const networks = sender.place === 'host' ? (evidence.lab?.networks ?? []) : [];
    if (networks.some(({ subnet }) => isIn(subnet, question.to))) return [];
    // A prefix that is too wide makes the target look like a neighbour: that is its own cause.
    if (badPrefix(evidence, sender, out) !== undefined) return [];
    const nobody = tx.receiver === undefined && tx.around.unread === undefined;
    const isDead = nobody && attachment === undefined;
    const blocked = tx.receiver !== undefined && !forwardsFor(evidence, path);
    const isOtherGateway = known && attachment !== undefined && route.gateway !== router;
    const stopped =
      isDead || (isOtherGateway && (blocked || (nobody && route.gateway === undefined)));
    const dummy = tx.around.unread !== undefined && isDummy(evidence, sender.place, out);
    if (!stopped && !dummy) return [];
    const { place } = sender;
    const where = nameOf(place);
    const owner = tx.receiver === undefined ? undefined : nameOf(tx.receiver.place);
    const why = owner
      ? t(`${owner.en} is not a router`, `${owner.zh}不是路由器，不会转发`)
      : t('no router is there to forward them', '那里没有路由器会转发');
    const should =
      router === undefined
        ? undefined
        : t(
            `; the route should be via ${router} dev ${device}`,
            `；应为 via ${router} dev ${device}`,
          );
    return [
      {
        direction: 'there',
        place,
        at: anywhere(path),
        says: t(
          `${capital(where).en} sends packets for ${question.to} by the route ${routeText(route)}, but ${why.en}${should?.en ?? ''}.`,
          `${where.zh}按路由 ${routeText(route)} 发往 ${question.to}，但${why.zh}${should?.zh ?? ''}。`,
        ),
        evidence: [same(`ip route: ${routeText(route)}`)],
        check: [{ place, argv: ['ip', 'route', 'get', question.to] }, showRoutes(place)],
        ...(router === undefined || device === undefined || route.to !== 'default'
          ? {}
          : {
              fix: {
                place,
                argv: ['ip', 'route', 'replace', 'default', 'via', router, 'dev', device],
              },
            }),
        certain: true,
      },
    ];
  },
};

/** Interfaces that lead nowhere by their kind. */
function isDummy({ reading }: Evidence, place: Place, dev: string): boolean {
  const kind = reading[place]?.links.find(({ name }) => name === dev)?.kind;
  return kind === 'dummy' || kind === 'loopback';
}
