import type { Text } from '../../model/text.ts';

/** One thing the lab needs, and whether the kernel has it. */
export interface Finding {
  readonly holds: boolean;
  /** `host`, or a container. */
  readonly where: string;
  readonly what: Text;
  /** What is there instead. */
  readonly found?: string;
  /** The interface that it is about. */
  readonly subject?: string;
  /** What helps, where the run's own plan does not. */
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
