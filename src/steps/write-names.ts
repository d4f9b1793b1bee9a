import { cmd, pidOf } from '../command.ts';
import type { LabContainer } from '../lab.ts';
import type { ContainerStep } from '../step.ts';
import { stagingOf } from './staging.ts';

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
  const inside = cmd`nsenter --target ${pidOf(name)} --mount`;
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
        input: content,
      })),
    ],
    effects: [{ kind: 'file', where: name, what: '/etc/hostname /etc/hosts /etc/resolv.conf' }],
  };
};
