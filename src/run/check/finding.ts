import type { Text } from '../../model/text.ts';

/** One thing that the lab needs, and whether the kernel has it. */
export interface Finding {
  readonly holds: boolean;
  /** `host`, or a container. */
  readonly where: string;
  readonly what: Text;
  /** What the kernel has instead. */
  readonly found?: string;
  /** The interface that the finding is about. */
  readonly subject?: string;
  /** The fix, where re-applying the run's own plan does not help. */
  readonly fix?: Text;
}

export function finding(
  holds: boolean,
  where: string,
  en: string,
  zh: string,
  found?: string,
): Finding {
  return { holds, where, what: { en, zh }, ...(found === undefined ? {} : { found }) };
}
