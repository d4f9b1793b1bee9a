import { writeFileSync } from 'node:fs';
import type { Plan } from '../model/plan.ts';
import { isKind, sharedAs } from '../model/resource.ts';
import type { StateDirectory } from '../state/directory.ts';
import type { RunState } from '../state/record.ts';
import type { NetworkConfig } from './network-config.ts';
import type { Parameters } from './parameters.ts';

/** The name by which the wrapper removes the link: nobody else's has it. */
function altnameOf(link: string, { steps }: Plan): string | undefined {
  return steps
    .flatMap(({ commands }) => commands.flatMap((one) => one.batch ?? [one]))
    .flatMap(({ makes }) => makes)
    .filter(isKind('link-setting'))
    .find((one) => one.setting === 'altname' && one.link === link)?.value;
}

/**
 * Writes the file that lets the wrapper run DEL without Node. While another attachment shares the same resources, DEL only has to
 * remove one link. The file lives in the attachment's folder and is deleted with it. Its lines: network name, link name,
 * altname, shared resources.
 *
 * An attachment with other resources of its own (published ports, an address from an external IPAM plugin, its own log) gets no
 * file, and its DEL goes through Node.
 */
export function allowLinkOnly(
  directory: StateDirectory,
  { name, resources }: Pick<RunState, 'name' | 'resources'>,
  plan: Plan,
  { delegate, log, name: network }: NetworkConfig,
  { containerId, ifname }: Pick<Parameters, 'containerId' | 'ifname'>,
): void {
  const [link, ...more] = resources.filter((one) => sharedAs(one) === undefined);
  const hasMore = more.length > 0 || delegate !== undefined || log !== undefined;
  // The wrapper logs the interface's name as it is, in JSON.
  if (/["\\]/.test(ifname)) return;
  if (link?.kind !== 'link' || hasMore) return;
  const altname = altnameOf(link.name, plan);
  if (altname === undefined) return;
  const shared = resources.flatMap((one) => sharedAs(one) ?? []).sort();
  const lines = [network, link.name, altname, shared.join(' ')];
  try {
    writeFileSync(
      `${directory.runPath(name)}/${linkOnlyFile}:${containerId}:${ifname}`,
      lines.map((line) => `${line}\n`).join(''),
      { mode: 0o600, flag: 'wx' },
    );
  } catch {
    // DEL takes longer.
  }
}

/** What the file's name begins with; the container's id and the interface follow, which have no colon. */
export const linkOnlyFile = 'link-only';
