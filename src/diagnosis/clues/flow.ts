import type { Text } from '../../model/text.ts';
import type { Evidence } from '../evidence.ts';
import type { Passage } from './passages.ts';
import { packetOf, t } from './words.ts';

/** The packet of a passage, with its addresses: `the ping (192.0.2.1 → 192.0.2.2)`. */
export function flow({ leg, direction }: Passage, to: string, { question }: Evidence): Text {
  const ends = `${leg.source} → ${to}`;
  const what = packetOf(question);
  return direction === 'back'
    ? t(`the answer (${ends})`, `应答（${ends}）`)
    : t(`${what.en} (${ends})`, `${what.zh}（${ends}）`);
}
