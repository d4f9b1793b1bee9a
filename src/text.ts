/** A sentence a learner reads. Both languages stand side by side; a missing one does not compile. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/** `--lang`, `CTR_LANG`, `LC_ALL`, `LC_MESSAGES`, `LANG`, English: the first that names a language. */
export function chooseLanguage(flag: string | undefined, environment: Environment): Language {
  const wishes = [
    flag,
    environment.CTR_LANG,
    environment.LC_ALL,
    environment.LC_MESSAGES,
    environment.LANG,
  ];
  const wish = wishes.find((value) => value !== undefined && value !== '');
  return wish?.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
