import type { Text } from '../model/text.ts';

/** The world's package. A container whose only user is root can install it: every file is root's. */
export const packageName = 'greet';

/** Every page of the world's web server, with a description. */
export const pages = {
  '/': { en: 'a greeting, with the address that you came from', zh: '一句问候，附上你的来源地址' },
  '/whoami': { en: 'only that address', zh: '只有来源地址' },
  '/hello': { en: 'a shell script that prints the greeting', zh: '打印这句问候的 shell 脚本' },
  '/big': {
    en: 'a megabyte of zeros; ?bytes=N for another size, up to 10 MiB',
    zh: '1 MiB 的零；?bytes=N 可指定大小，最多 10 MiB',
  },
  '/greet.tar.gz': {
    en: `the package ${packageName}, for tar`,
    zh: `软件包 ${packageName}，用 tar 解开`,
  },
  '/greet.deb': { en: 'the same for dpkg', zh: '同一个软件包，用 dpkg 安装' },
  '/Packages': {
    en: 'the index of the package repository, for apt',
    zh: '软件源的索引，供 apt 使用',
  },
  '/Release': { en: 'its checksums', zh: '索引的校验和' },
} as const satisfies Readonly<Record<string, Text>>;

/** The path of a page. */
export type Page = keyof typeof pages;

/** Whether the world has a page at this path. */
export function isPage(path: string): path is Page {
  return Object.hasOwn(pages, path);
}
