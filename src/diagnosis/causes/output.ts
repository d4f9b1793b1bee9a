import type { Cause } from '../cause.ts';
import { lossesIn, lossFinding } from '../clues/filters.ts';
import { passages } from '../clues/passages.ts';
import { t } from '../clues/words.ts';

const hooks = new Set(['output', 'postrouting', 'egress']);

const filter: Cause = {
  id: 'output-filter',
  stage: 'output',
  title: t("The sender's own firewall drops it", '发送方自己的防火墙丢弃了数据包'),
  judge: (evidence, path) =>
    passages(evidence, path)
      .filter(({ direction, index }) => direction === 'there' && index === 0)
      .flatMap((passage) => lossesIn(passage, evidence))
      .filter(({ hook }) => hooks.has(hook))
      .map((loss) => lossFinding(loss, evidence)),
};

export const output: readonly Cause[] = [filter];
