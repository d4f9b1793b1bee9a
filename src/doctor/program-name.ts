import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { release } from '../model/release.ts';
import type { Examination } from './examination.ts';
import type { Finding } from './finding.ts';
import { allOnPath } from './search.ts';
import { secureDirectories } from './secure-path.ts';

/** A file called `ctr`: this program, another copy of it, or a program of somebody else. */
interface Candidate {
  readonly path: string;
  readonly whose: 'this' | 'copy' | 'foreign';
  /** The release of another copy. */
  readonly release?: string;
}

/** The release of the ctrnet that is installed in a directory, by its package.json. */
function releaseIn(directory: string): string | undefined {
  try {
    const text = readFileSync(`${directory}/package.json`, 'utf8');
    const { name, version } = JSON.parse(text) as { name?: unknown; version?: unknown };
    return name === 'ctrnet' && typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

/** The installations of ctrnet that a file may start: the one it is in, or those that a script such as the .deb's names. */
function installations(real: string): readonly string[] {
  const own = dirname(dirname(real));
  if (statSync(real).size > 4096) return [own];
  const text = readFileSync(real, 'utf8');
  if (!text.startsWith('#!')) return [own];
  const named = [...text.matchAll(/\/[\w./-]+/g)].map(([path]) => path.replace(/\/$/, ''));
  return [own, ...named.flatMap((path) => [path, dirname(path), dirname(dirname(path))])];
}

function examined(path: string): Candidate {
  try {
    const here = dirname(dirname(realpathSync(process.argv[1] ?? '')));
    for (const directory of installations(realpathSync(path))) {
      const found = releaseIn(directory);
      if (found === undefined) continue;
      if (realpathSync(directory) === here) return { path, whose: 'this' };
      return { path, whose: 'copy', release: found };
    }
    return { path, whose: 'foreign' };
  } catch {
    return { path, whose: 'foreign' };
  }
}

/** containerd installs its client under this name, beside its daemon. */
function describe(path: string): string {
  return existsSync(`${dirname(path)}/containerd`) ? `${path} (containerd)` : path;
}

function foreignFirst(path: string, underSudo: boolean): Finding {
  const called = describe(path);
  return {
    id: underSudo ? 'name-foreign-sudo' : 'name-foreign',
    severity: 'problem',
    says: underSudo
      ? {
          en: `under sudo, “ctr” is another program: ${called}`,
          zh: `在 sudo 下，“ctr” 是另一个程序：${called}`,
        }
      : {
          en: `“ctr” is another program for your shell: ${called}`,
          zh: `在你的 shell 里，“ctr” 是另一个程序：${called}`,
        },
    fixes: underSudo
      ? [
          {
            command: 'sudo ctrnet doctor',
            costs: { en: 'the second name of ctr', zh: 'ctr 的第二个名字' },
          },
          { command: 'sudo "$(command -v node)" "$(command -v ctrnet)" doctor' },
        ]
      : [
          {
            command: 'ctrnet doctor',
            costs: {
              en: 'the second name of ctr, in all commands',
              zh: 'ctr 的第二个名字，可用于所有命令',
            },
          },
          {
            command: 'alias ctr=ctrnet',
            costs: { en: 'for this shell', zh: '只对当前 shell 有效' },
          },
        ],
  };
}

function onPath(searchPath: string): readonly Finding[] {
  const all = allOnPath('ctr', searchPath).map(examined);
  const [first] = all;
  const foreign = all.filter(({ whose }) => whose === 'foreign');
  if (first?.whose === 'foreign') return [foreignFirst(first.path, false)];
  const others: readonly Finding[] = foreign.map(({ path }) => ({
    id: 'name-shared',
    severity: 'note',
    says: {
      en: `another program is called ctr too: ${describe(path)}; this one comes first on your PATH`,
      zh: `还有一个程序也叫 ctr：${describe(path)}；你的 PATH 里排在前面的是本程序`,
    },
    fixes: [
      {
        command: 'ctrnet doctor',
        costs: { en: 'this name always means this program', zh: '这个名字总是指本程序' },
      },
    ],
  }));
  if (first?.whose === 'copy') {
    return [
      {
        id: 'name-copy',
        severity: 'note',
        says: {
          en: `“ctr” is another copy of this program: ${first.path}, release ${first.release}; this one is ${release}`,
          zh: `“ctr” 是本程序的另一份安装：${first.path}，版本 ${first.release}；当前运行的是 ${release}`,
        },
        fixes: [
          {
            command: 'npm ls --global ctrnet',
            costs: { en: 'shows where it is installed', zh: '查看安装位置' },
          },
        ],
      },
      ...others,
    ];
  }
  return [
    {
      id: 'name',
      severity: 'ok',
      says:
        first === undefined
          ? {
              en: 'no program on your PATH is called ctr: you have started this one by its path',
              zh: 'PATH 里没有叫 ctr 的程序：你是用路径启动本程序的',
            }
          : { en: `“ctr” is this program: ${first.path}`, zh: `“ctr” 就是本程序：${first.path}` },
    },
    ...others,
  ];
}

export const programName: Examination = {
  area: 'name',
  title: { en: 'name', zh: '程序名' },
  examine(host) {
    const { PATH = '' } = host.context.environment;
    const directories = host.asRoot ? undefined : secureDirectories(host);
    const [first] = directories === undefined ? [] : allOnPath('ctr', directories).map(examined);
    return [
      ...onPath(PATH),
      ...(first?.whose === 'foreign' ? [foreignFirst(first.path, true)] : []),
    ];
  },
};
