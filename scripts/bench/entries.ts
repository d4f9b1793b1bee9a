import { type Contestant, ctr, rootfsPath } from './contestants.ts';
import { type Host, startHost } from './host.ts';
import type { Argv, Ran } from './protocol.ts';

/** A contestant with its private host, or the reason why it cannot take part. */
export interface Entry {
  readonly contestant: Contestant;
  readonly host?: Host;
  readonly daemons: readonly number[];
  readonly excuse?: string;
}

async function ask(host: Host, argv: Argv): Promise<Ran> {
  return await host.ask({ do: 'run', argv, timeoutMs: 120_000 });
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

/** Starts a private host and makes the root file system in it. */
export async function furnishedHost(name: string): Promise<Host> {
  const host = await startHost(name);
  const made = await ask(host, [...ctr, '--quiet', 'rootfs', 'create', rootfsPath]);
  if (made.code !== 0) throw new Error(`cannot make a root file system: ${lastLine(made.stderr)}`);
  return host;
}

async function missingPrograms(host: Host, contestant: Contestant): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const [program, from] of Object.entries(contestant.needs)) {
    const found = await ask(host, ['sh', '-c', 'command -v "$1"', 'sh', program]);
    if (found.code !== 0) missing.push(`${program} (Debian: ${from})`);
  }
  return missing;
}

async function versionsOf(host: Host, contestant: Contestant): Promise<[string, string][]> {
  const versions: [string, string][] = [];
  for (const [name, argv] of Object.entries(contestant.versions ?? {})) {
    const said = await ask(host, argv);
    const number = /\d+(?:\.\d+)+(?:-[\w.+-]+)?(?: \([a-z_]+\))?/.exec(said.stdout + said.stderr);
    versions.push([name, number?.[0] ?? 'unknown']);
  }
  return versions;
}

/** Prepares a contestant in its host. */
export async function makeEntry(
  contestant: Contestant,
  host: Host,
  counts: readonly number[],
): Promise<{ readonly entry: Entry; readonly versions: readonly [string, string][] }> {
  const refuse = (excuse: string) => ({ entry: { contestant, daemons: [], excuse }, versions: [] });
  const missing = await missingPrograms(host, contestant);
  if (missing.length > 0) return refuse(`not installed: ${missing.join(', ')}`);
  for (const [path, text] of Object.entries(contestant.files?.(counts) ?? {})) {
    await host.ask({ do: 'write', path, text });
  }
  if (contestant.prepare !== undefined) {
    const prepared = await ask(host, contestant.prepare);
    if (prepared.code !== 0) return refuse(`cannot be prepared: ${lastLine(prepared.stderr)}`);
  }
  const daemons =
    contestant.daemons === undefined
      ? []
      : (await ask(host, contestant.daemons)).stdout.trim().split(/\s+/).map(Number);
  return {
    entry: { contestant, host, daemons },
    versions: await versionsOf(host, contestant),
  };
}
