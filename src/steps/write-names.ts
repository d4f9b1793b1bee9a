import { cmd } from '../model/command.ts';
import type { LabContainer } from '../model/lab.ts';
import { enter } from '../model/where.ts';
import { stagingOf } from '../resolve/staging.ts';
import type { ContainerStep } from './scope.ts';

const texts = new WeakMap<LabContainer['hosts'], string>();

/** The text of /etc/hosts, cached for lists that many containers share. */
function hostsText(hosts: LabContainer['hosts']): string {
  const known = texts.get(hosts);
  if (known !== undefined) return known;
  const lines = [
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost ip6-loopback',
    ...hosts.map((line) => [line.address, ...line.names].join(' ')),
  ];
  const text = textOf(lines);
  texts.set(hosts, text);
  return text;
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** hosts(5), resolv.conf(5), hostname(5). */
export const writeNames: ContainerStep = (container, { facts }) => {
  const { name, hostname, resolvers, search, resolverOptions, hosts } = container;
  const etc = `${stagingOf(container, facts)}/upper/etc`;
  const lines = {
    hostname: textOf([hostname]),
    hosts: hostsText(hosts),
    'resolv.conf': textOf([
      ...(search.length === 0 ? [] : [`search ${search.join(' ')}`]),
      ...resolvers.map((address) => `nameserver ${address}`),
      ...(resolverOptions.length === 0 ? [] : [`options ${resolverOptions.join(' ')}`]),
    ]),
  };
  return {
    id: 'write-names',
    of: name,
    title: {
      en: `Set ${name}'s host name and name resolution`,
      zh: `设置 ${name} 的主机名和域名解析`,
    },
    why: {
      en: 'To look up a name, a program usually reads /etc/hosts first, and then asks the servers in /etc/resolv.conf. ctr writes these files into what becomes the writable layer of the overlay, not into the root file system. In the root file system, etc/hosts may be a symbolic link to a file of the host, and writing to it would change that file.',
      zh: '解析域名时，程序通常先查 /etc/hosts，查不到再向 /etc/resolv.conf 里的服务器查询。ctr 把这些文件写进叠加文件系统的可写层，而不是根文件系统。根文件系统里的 etc/hosts 可能是指向宿主机文件的符号链接，往里写就会改掉宿主机的文件。',
    },
    commands: [
      {
        ...enter(name, ['uts'], cmd`hostname ${hostname}`),
        makes: [{ kind: 'hostname', container: name, hostname }],
      },
      ...Object.entries(lines).map(([file, content]) => ({
        ...enter(name, ['mount'], cmd`tee ${etc}/${file}`),
        input: content,
        makes: [{ kind: 'file' as const, path: `/etc/${file}`, container: name }],
      })),
    ],
  };
};
