/** A sentence for the user, in both languages. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

/** A sentence in both languages. */
export function t(en: string, zh: string): Text {
  return { en, zh };
}

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/** Parses a language such as `zh`, `zh-CN` (RFC 5646) or `zh_CN.UTF-8` (locale(7)). */
export function parseLanguage(word: string): Language | undefined {
  const [, name = ''] = /^([a-z]{2})(?:[-_][a-z\d]+)*(?:\.[\w-]+)?(?:@\w+)?$/i.exec(word) ?? [];
  return languages.find((one) => one === name.toLowerCase());
}

/**
 * The language by the first of `--lang`, `CTR_LANG`, `LC_ALL`, `LC_MESSAGES` and `LANG` that is set; English if ctr
 * does not know it.
 */
export function chooseLanguage(flag: string | undefined, environment: Environment): Language {
  const { CTR_LANG, LC_ALL, LC_MESSAGES, LANG } = environment;
  const wish = [flag, CTR_LANG, LC_ALL, LC_MESSAGES, LANG].find(
    (value) => value !== undefined && value !== '',
  );
  return parseLanguage(wish ?? '') ?? 'en';
}
