import type { Text } from '../model/text.ts';

/** The sentences of a problem: what is wrong, and what to write instead. */
export interface Words {
  readonly message: Text;
  readonly fix: Text;
}

/** A value of the config as JSON, shortened, with control characters escaped. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

export function words(en: string, zh: string, fixEn: string, fixZh: string): Words {
  return { message: { en, zh }, fix: { en: fixEn, zh: fixZh } };
}
