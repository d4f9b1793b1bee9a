import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Text } from '../model/text.ts';
import type { Examination } from './examination.ts';
import type { Finding } from './finding.ts';
import { allOnPath } from './search.ts';
import { secureDirectories } from './secure-path.ts';

/** Version managers, by the directories into which they install Node. */
const managers: readonly (readonly [name: string, path: RegExp])[] = [
  ['nvm', /\/\.nvm\//],
  ['fnm', /\/(?:\.fnm|fnm)\//],
  ['volta', /\/\.volta\//],
  ['asdf', /\/\.asdf\//],
  ['mise', /\/mise\//],
  ['n', /\/n\/bin\//],
  ['nodenv', /\/\.nodenv\//],
];

const onlyHere: Text = {
  en: 'works at once; the same for every verb',
  zh: '立即可用；其他命令同理',
};

/** Whether `sudo ctr` works: `ctr` begins with “#!/usr/bin/env node”, so both have to be on sudo's search path. */
function underSudo(secure: string): readonly Finding[] {
  const missing = ['node', 'ctr'].filter((name) => allOnPath(name, secure).length === 0);
  if (missing.length === 0) return [];
  const names = missing.join(', ');
  const script = process.argv[1] ?? '';
  const plain = `${dirname(script)}/ctr`;
  const ours = existsSync(plain) ? plain : script;
  return [
    {
      id: 'node-not-under-sudo',
      severity: 'note',
      says: {
        en: `“sudo ctr” does not work: sudo does not find ${names} in its own PATH (secure_path)`,
        zh: `“sudo ctr” 不能用：sudo 在自己的 PATH (secure_path) 里找不到 ${missing.join('、')}`,
      },
      fixes: [
        { command: `sudo ${process.execPath} ${ours} doctor`, costs: onlyHere },
        {
          command: missing
            .map(
              (name) =>
                `sudo ln -s ${name === 'node' ? process.execPath : ours} /usr/local/bin/${name}`,
            )
            .join(' && '),
          costs: {
            en: 'for good; to be repeated when that release of Node is removed',
            zh: '长期有效；这个版本的 Node 被删除后需要重做',
          },
        },
      ],
    },
  ];
}

export const node: Examination = {
  area: 'node',
  title: { en: 'Node', zh: 'Node' },
  examine(host) {
    const manager = managers.find(([, path]) => path.test(process.execPath))?.[0];
    const from = manager === undefined ? '' : ` (${manager})`;
    const secure = host.asRoot ? undefined : secureDirectories(host);
    return [
      {
        id: 'node',
        severity: 'ok',
        says: {
          en: `${process.version.slice(1)}${from}, ${process.execPath}`,
          zh: `${process.version.slice(1)}${from}，${process.execPath}`,
        },
      },
      ...(secure === undefined ? [] : underSudo(secure)),
    ];
  },
};
