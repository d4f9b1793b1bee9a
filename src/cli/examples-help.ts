import type { Command } from 'commander';
import { called, named } from '../exec/called.ts';
import { own } from '../model/own.ts';
import type { Language } from '../model/text.ts';
import { wrap } from '../render/wrap.ts';
import type { Example } from './examples/example.ts';
import { examples } from './examples/index.ts';

const titles = { en: 'Examples:', zh: '示例：' } satisfies Record<Language, string>;

/** How to load the completion script when a shell starts. In zsh, compinit must come first. */
const installing = {
  en: (name: string) => `
To complete in every new shell:
  bash  echo 'eval "$(${name} completion bash)"' >> ~/.bashrc
  zsh   echo 'eval "$(${name} completion zsh)"' >> ~/.zshrc   (after compinit)
  fish  ${name} completion fish > ~/.config/fish/completions/${name}.fish
`,
  zh: (name: string) => `
让每个新打开的 shell 都能补全：
  bash  echo 'eval "$(${name} completion bash)"' >> ~/.bashrc
  zsh   echo 'eval "$(${name} completion zsh)"' >> ~/.zshrc（放在 compinit 之后）
  fish  ${name} completion fish > ~/.config/fish/completions/${name}.fish
`,
} satisfies Record<Language, (name: string) => string>;

function exampleText(list: readonly Example[], speaks: Language): string {
  const lines = list.flatMap(({ line, says }) => [
    `  ${named(line)}`,
    ...wrap(named(says[speaks]), 72).map((one) => `      ${one}`),
  ]);
  return ['', titles[speaks], ...lines].join('\n');
}

const general = {
  en: 'For options of every command, such as --json and --lang: ctr --help',
  zh: '所有命令通用的选项（如 --json、--lang）：ctr --help',
} satisfies Record<Language, string>;

/** Adds examples, and a pointer to the global options, to the end of each verb's help. */
export function addExamples(ctr: Command, speaks: Language): void {
  const verbs = ctr.commands.flatMap((verb) => [
    { verb, name: verb.name() },
    ...verb.commands.map((inner) => ({ verb: inner, name: `${verb.name()} ${inner.name()}` })),
  ]);
  for (const { verb, name } of verbs) {
    const list = own(examples, name);
    if (name === 'completion') verb.addHelpText('after', installing[speaks](called).trimEnd());
    if (list !== undefined) verb.addHelpText('after', exampleText(list, speaks));
    verb.addHelpText('after', `\n${named(general[speaks])}`);
  }
}
