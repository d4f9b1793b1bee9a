import { type Text, t } from '../../model/text.ts';
import type { Outcome } from '../walk.ts';
import { sentenceOf } from './drop-word.ts';
import type { KernelEnd } from './end.ts';
import type { KernelWord } from './instance.ts';
import type { Placed } from './join.ts';

function whereOf(one: Placed): Text {
  const device = one.event === 'lookup' ? undefined : one.device;
  const name = one.place?.replace(/^container /, '');
  if (device === undefined) {
    return name === undefined
      ? t('before any device', '还没有到达任何设备时')
      : t(`in ${name}, before any device`, `在 ${name} 里，还没有到达任何设备时`);
  }
  const at = [name, device].filter((part) => part !== undefined).join(' ');
  return t(`after ${at}`, `在 ${at} 之后`);
}

const who: Readonly<Record<Placed['role'], Text>> = {
  probe: t('the packet', '探测包'),
  answer: t('the answer', '应答'),
  copy: t('a copy of the packet', '探测包的一个副本'),
  other: t('a packet caused by it', '由它引起的另一个包'),
  arp: t('the ARP request for the next hop', '询问下一跳的 ARP 请求'),
};

/** A route lookup's errno as a sentence. */
function refusal(error: number): Text {
  return sentenceOf({ location: '', lookup: error }) ?? t(`errno ${-error}`, `errno ${-error}`);
}

function endText(end: KernelEnd, outcome: Outcome): Text {
  switch (end.kind) {
    case 'dropped': {
      const { drop, word } = end;
      const names = `${drop.reason ?? ''} ${drop.location}`.trim();
      const where = whereOf(drop);
      const means = sentenceOf(word);
      return t(
        `${names}, ${where.en}: ${who[drop.role].en} was dropped${means === undefined ? '' : `; ${means.en}`}`,
        `${names}，${where.zh}：${who[drop.role].zh}被丢弃${means === undefined ? '' : `；${means.zh}`}`,
      );
    }
    case 'no-route': {
      const { source, destination, error, role, place } = end.lookup;
      const at = place?.replace(/^container /, '');
      const from = source === '0.0.0.0' ? '' : `${source} → `;
      const why = refusal(error);
      return t(
        `fib_table_lookup ${from}${destination}${at === undefined ? '' : `, in ${at}`}: no route for ${who[role].en}; ${why.en}`,
        `fib_table_lookup ${from}${destination}${at === undefined ? '' : `，在 ${at} 里`}：没有可供${who[role].zh}使用的路由；${why.zh}`,
      );
    }
    case 'no-neighbour': {
      const { device, address, state } = end.neighbour;
      return state === 'failed'
        ? t(
            `neigh failed, ${address} on ${device}: nobody answered the ARP requests`,
            `neigh failed，${device} 上的 ${address}：ARP 请求没有应答`,
          )
        : t(
            `neigh ${state}, ${address} on ${device}: nobody had answered the ARP requests yet`,
            `neigh ${state}，${device} 上的 ${address}：ARP 请求还没有应答`,
          );
    }
    case 'nothing':
      return outcome.kind === 'answered'
        ? t('nothing was dropped', '没有丢弃任何包')
        : t('the kernel reported no drop of the packet', '内核没有报告丢弃这个包');
  }
}

/** What the kernel said, as sentences; the first is the answer, the others limit it. */
export function kernelTexts(word: KernelWord, end: KernelEnd, outcome: Outcome): readonly Text[] {
  if (!word.found) {
    return [t('the probe is not among the events', '事件中没有这个探测包')];
  }
  const texts = [endText(end, outcome)];
  const told = 'drop' in end ? end.drop : undefined;
  if (told?.sure === false) {
    const count = word.candidates;
    texts.push(
      t(
        `not sure: ${count} packets waited for the same neighbour, and they ended in different ways`,
        `不能确定：有 ${count} 个包在等待同一个邻居，而它们的结局不同`,
      ),
    );
  }
  if (word.missed > 0) {
    texts.push(
      t(
        `incomplete: ${word.missed} events did not fit into the buffer`,
        `不完整：有 ${word.missed} 个事件没有装进缓冲区`,
      ),
    );
  }
  if (word.lacks.length > 0) {
    const events = word.lacks.join(', ');
    texts.push(t(`this kernel does not have: ${events}`, `这个内核没有：${events}`));
  }
  return texts;
}

/** Why the kernel was not asked. */
export function unasked(why: Text): Text {
  return t(`not asked: ${why.en}`, `没有询问：${why.zh}`);
}
