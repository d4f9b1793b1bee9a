/** A sentence a learner reads. Both languages stand side by side; a missing one does not compile. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/** A language as people write it: `zh`, `zh-CN` (RFC 5646) or `zh_CN.UTF-8` (locale(7)). */
export function parseLanguage(word: string): Language | undefined {
  const [, name = ''] = /^([a-z]{2})(?:[-_][a-z\d]+)*(?:\.[\w-]+)?(?:@\w+)?$/i.exec(word) ?? [];
  return languages.find((one) => one === name.toLowerCase());
}

/** `--lang`, `CTR_LANG`, `LC_ALL`, `LC_MESSAGES`, `LANG`: the first that is set decides. English where none names a language of ours. */
export function chooseLanguage(flag: string | undefined, environment: Environment): Language {
  const { CTR_LANG, LC_ALL, LC_MESSAGES, LANG } = environment;
  const wish = [flag, CTR_LANG, LC_ALL, LC_MESSAGES, LANG].find(
    (value) => value !== undefined && value !== '',
  );
  return parseLanguage(wish ?? '') ?? 'en';
}
