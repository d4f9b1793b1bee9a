import { cmd } from '../model/command.ts';
import type { LabContainer } from '../model/lab.ts';
import { enter } from '../model/where.ts';
import { stagingOf } from '../resolve/staging.ts';
import type { ContainerStep } from './scope.ts';

const texts = new WeakMap<LabContainer['hosts'], string>();

/** The lines of /etc/hosts; a list that many containers share is written out once. */
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
      en: "Files configure name resolution: the resolver reads hosts first, then asks the servers in resolv.conf. ctr writes these files into the overlay's writable layer, not into the root file system, so no symbolic link there can redirect the writes.",
      zh: '域名解析由文件配置：先读 hosts，再查询 resolv.conf 里的服务器。ctr 把这些文件写进叠加文件系统的可写层，而不是根文件系统，因此根文件系统里的符号链接无法把写入引到别处。',
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
