import { cmd, pidOf } from '../command.ts';
import type { ContainerStep } from '../step.ts';
import { stagingOf } from './staging.ts';

/** hosts(5), resolv.conf(5), hostname(5). */
export const writeNames: ContainerStep = (container, { facts }) => {
  const { name, hostname, resolvers, search, resolverOptions, hosts } = container;
  const inside = cmd`nsenter --target ${pidOf(name)} --mount`;
  const etc = `${stagingOf(container, facts)}/upper/etc`;
  const lines = {
    hostname: [hostname],
    hosts: [
      '127.0.0.1 localhost',
      '::1 localhost ip6-localhost ip6-loopback',
      ...hosts.map((line) => [line.address, ...line.names].join(' ')),
    ],
    'resolv.conf': [
      ...(search.length === 0 ? [] : [`search ${search.join(' ')}`]),
      ...resolvers.map((address) => `nameserver ${address}`),
      ...(resolverOptions.length === 0 ? [] : [`options ${resolverOptions.join(' ')}`]),
    ],
  };
  return {
    id: 'write-names',
    of: name,
    title: {
      en: `Tell ${name} its name and where names are looked up`,
      zh: `告诉 ${name} 它的名字，以及到哪里查名字`,
    },
    why: {
      en: 'Names are files: hosts is read first, then the servers in resolv.conf are asked. They are written beside the root file system, into the layer that will lie over it, so no link in it can lead them astray.',
      zh: '名字就是文件：先读 hosts，再问 resolv.conf 里的服务器。它们写在将要盖在根文件系统之上的那一层里，因此根文件系统中的任何链接都不能把它们引到别处。',
    },
    commands: [
      { argv: cmd`nsenter --target ${pidOf(name)} --uts hostname ${hostname}` },
      ...Object.entries(lines).map(([file, content]) => ({
        argv: [...inside, ...cmd`tee ${etc}/${file}`],
        input: content.map((line) => `${line}\n`).join(''),
      })),
    ],
    effects: [{ kind: 'file', where: name, what: '/etc/hostname /etc/hosts /etc/resolv.conf' }],
  };
};
