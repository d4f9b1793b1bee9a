import type { Text } from '../model/text.ts';
import { nameOf, t } from './clues/words.ts';
import type { Path } from './path.ts';
import type { Reading } from './reading.ts';

/** What could not be read, or cannot be judged, in the namespaces of a way. */
export function unreadIn(reading: Reading, { there, back, leaves }: Path): readonly Text[] {
  const legs = [...there, ...back];
  const places = [...new Set(legs.map(({ place }) => place))];
  const found = places.flatMap((place): readonly Text[] => {
    const here = reading[place];
    const where = nameOf(place);
    if (here === undefined) {
      return [t(`${where.en} could not be read`, `无法读取${where.zh}`)];
    }
    const devices = new Set(
      legs.flatMap((leg) =>
        leg.place === place ? [leg.in, leg.inPort, leg.out, leg.outPort] : [],
      ),
    );
    const tools = [...new Set([...here.missing, ...here.firewall.unread])];
    const queues = here.queues.filter(({ dev }) => devices.has(dev));
    const programs = Object.entries(here.status).filter(
      ([dev, { xdp }]) => xdp === true && devices.has(dev),
    );
    return [
      ...tools.map((tool) =>
        t(`${tool} does not work on ${where.en}`, `${where.zh}上的 ${tool} 不能用`),
      ),
      ...queues.map(({ dev, kind }) =>
        t(
          `${dev} on ${where.en} has the queueing discipline ${kind}, which may drop packets (tc qdisc show dev ${dev})`,
          `${where.zh}的 ${dev} 使用队列规则 ${kind}，它可能丢包（tc qdisc show dev ${dev}）`,
        ),
      ),
      ...programs.map(([dev]) =>
        t(
          `${dev} on ${where.en} runs an XDP program, which may drop packets (ip link show dev ${dev})`,
          `${where.zh}的 ${dev} 上运行着 XDP 程序，它可能丢包（ip link show dev ${dev}）`,
        ),
      ),
    ];
  });
  const last = there.at(-1);
  if (!leaves || last === undefined) return found;
  const dev = last.outPort ?? last.out ?? '';
  return [...found, t(`what is behind ${dev} could not be read`, `无法读取 ${dev} 之外的网络`)];
}
