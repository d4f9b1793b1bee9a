import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import type { Runner } from '../exec/runner.ts';
import { isRecord, textOf } from '../facts/json.ts';
import { resolveInside } from '../facts/rootfs.ts';
import { entering } from './namespaces.ts';

/** What became of a name (resolver(3)). */
export type Resolved =
  | { readonly address: string; readonly by: string }
  | { readonly failed: string; readonly said: string; readonly server?: string };

/** A file of a process's root, followed as the process would follow it; empty where there is none. */
function fileOf(pid: number | 'self', path: string): string {
  const real = resolveInside(`/proc/${pid}/root`, path);
  try {
    return real === null ? '' : readFileSync(real, 'utf8');
  } catch {
    return '';
  }
}

function words(line: string): readonly string[] {
  return line
    .replace(/[#;].*/, '')
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** The address that hosts(5) gives. */
function inHosts(text: string, name: string): string | undefined {
  const lines = text.split('\n').map(words);
  return lines.find(([address = '', ...names]) => isIPv4(address) && names.includes(name))?.[0];
}

/** The name servers and search domains of resolv.conf(5); without a server, the host itself is asked. */
function resolverOf(text: string): { servers: readonly string[]; search: readonly string[] } {
  const lines = text.split('\n').map(words);
  const servers = lines.flatMap(([key, value = '']) =>
    key === 'nameserver' && isIPv4(value) ? [value] : [],
  );
  const search = lines.findLast(([key]) => key === 'search' || key === 'domain')?.slice(1) ?? [];
  return { servers: servers.length === 0 ? ['127.0.0.1'] : servers.slice(0, 3), search };
}

/** Asks from inside the namespace, and prints one line of JSON. Arguments: servers, then names. */
const program = `
const { Resolver } = require('node:dns').promises;
const [servers, ...names] = process.argv.slice(1);
const resolver = new Resolver({ timeout: 1000, tries: 1 });
resolver.setServers(servers.split(','));
(async () => {
  let error;
  for (const name of names) {
    try {
      const [address] = await resolver.resolve4(name);
      if (address !== undefined) return { address };
    } catch (failure) {
      error = failure;
      if (!['ENOTFOUND', 'ENODATA'].includes(failure.code)) break;
    }
  }
  return { code: error?.code, said: error?.message };
})().then((answer) => process.stdout.write(JSON.stringify(answer)));
`;

const timeoutMs = 5000;

/** Resolves a name as a process in this namespace would: its hosts(5), then its resolv.conf(5). */
export async function resolveName(
  runner: Runner,
  pid: number | 'self',
  name: string,
): Promise<Resolved> {
  const written = inHosts(fileOf(pid, '/etc/hosts'), name);
  if (written !== undefined) return { address: written, by: '/etc/hosts' };
  const { servers, search } = resolverOf(fileOf(pid, '/etc/resolv.conf'));
  const [server = ''] = servers;
  const names = name.includes('.') ? [name] : [...search.map((one) => `${name}.${one}`), name];
  const argv = [...entering(pid), process.execPath, '-e', program, servers.join(','), ...names];
  const { ok, stdout, stderr } = await runner.run(argv, { timeoutMs });
  if (!ok) return { failed: 'EFAIL', said: stderr.trim(), server };
  const said: unknown = JSON.parse(stdout);
  const address = isRecord(said) ? textOf(said.address) : undefined;
  if (address !== undefined) return { address, by: server };
  const failed = isRecord(said) ? said : {};
  return { failed: textOf(failed.code) ?? '', said: textOf(failed.said) ?? '', server };
}
