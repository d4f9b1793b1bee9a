import type { Language, Text } from '../model/text.ts';
import { world6, worldGateway, worldNames, worldNames6 } from '../model/world-addresses.ts';
import { packageName, pages } from './pages.ts';

const server = 'packages.example' satisfies keyof typeof worldNames;

/** The commands that install the world's package in a container, by tool. */
export const installing = {
  tar: `wget -q -O - http://${server}/${packageName}.tar.gz | tar -xz -C /`,
  dpkg: `wget -q http://${server}/${packageName}.deb && dpkg -i ${packageName}.deb`,
  apt: [
    `echo 'deb [trusted=yes] http://${server} ./' >/etc/apt/sources.list`,
    'rm -f /etc/apt/sources.list.d/*',
    'apt-get -o APT::Sandbox::User=root update',
    `apt-get -o APT::Sandbox::User=root install ${packageName}`,
  ],
} as const;

const words = {
  begin: {
    en: 'A sandbox host cannot reach the internet. Instead it has:',
    zh: '沙盒主机不能访问互联网，但自带：',
  },
  names: {
    en: `names (name server ${worldGateway}, or any of these addresses)`,
    zh: `名字（域名服务器 ${worldGateway}，或下列任一地址）`,
  },
  names6: {
    en: `names with IPv6 addresses (name server ${world6.gateway})`,
    zh: `有 IPv6 地址的名字（域名服务器 ${world6.gateway}）`,
  },
  addresses: {
    en: 'Each address answers ping, DNS and HTTP. No other address answers.',
    zh: '这些地址都响应 ping、DNS 和 HTTP；其他地址都没有响应。',
  },
  pages: { en: 'web pages, the same under every name', zh: '网页，每个名字下都一样' },
  installing: {
    en: `a package, ${packageName}; install it with tar, dpkg or apt-get, whichever the container has`,
    zh: `软件包 ${packageName}：容器里有 tar、dpkg 或 apt-get，就用哪个安装`,
  },
  oneUser: {
    en: `Without root there is one user in a sandbox. apt-get would switch to another user, which the option
prevents; packages with files that belong to other users cannot be installed.`,
    zh: `没有 root 时，沙盒里只有一个用户。apt-get 默认要切换到另一个用户，所以需要上面的选项；
含有其他用户文件的软件包无法安装。`,
  },
} satisfies Record<string, Text>;

function rows(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([left]) => left.length)) + 2;
  return pairs.map(([left, right]) => `    ${left.padEnd(width)}${right}`).join('\n');
}

/** Describes the world of a sandbox host, from the same lists that its servers use. */
export function worldText(language: Language): string {
  const say = (key: keyof typeof words) => words[key][language];
  const listed = Object.entries(pages).map(([path, text]) => [path, text[language]] as const);
  const commands = [installing.tar, installing.dpkg, ...installing.apt];
  return `
${say('begin')}

  ${say('names')}
${rows(Object.entries(worldNames))}

  ${say('names6')}
${rows(Object.entries(worldNames6))}

  ${say('addresses')}

  ${say('pages')}
${rows(listed)}

  ${say('installing')}
${commands.map((line) => `    ${line}`).join('\n')}

${say('oneUser')}
`;
}
