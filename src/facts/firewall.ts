import type { Facts } from './index.ts';
import type { Probe } from './probe.ts';

type Firewall = Omit<Facts['firewall'], 'otherFlavour'> & { readonly version: string };

export function parseFirewall(stdout: string): Firewall {
  const lines = stdout.split('\n');
  let table = '';
  let forwardPolicy: 'ACCEPT' | 'DROP' = 'ACCEPT';
  let dockerUser = false;
  const ours: string[] = [];
  for (const line of lines) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    if (table === 'filter' && /^:FORWARD DROP/.test(line)) forwardPolicy = 'DROP';
    if (table === 'filter' && /^:DOCKER-USER /.test(line)) dockerUser = true;
    if (line.startsWith('-A ') && /--comment "?ctr:/.test(line)) ours.push(`-t ${table} ${line}`);
  }
  const version = /iptables-save (v\S+(?: \([a-z_]+\))?)/.exec(stdout)?.[1] ?? '';
  return { readable: true, forwardPolicy, dockerUser, ours, version };
}

/** iptables-save(8): all tables in one read. */
export const firewall: Probe<Firewall> = {
  argv: ['iptables-save'],
  parse: parseFirewall,
  absent: { readable: false, forwardPolicy: 'ACCEPT', dockerUser: false, ours: [], version: '' },
};
