import { parseFirewall } from '../facts/firewall.ts';
import { parseLinks } from '../facts/links.ts';
import { isOurGroup } from '../names.ts';
import type { Runner } from './runner.ts';
import type { Run } from './runs.ts';

/** Something that bears our mark and that no run knows of. */
export interface Orphan {
  readonly what: string;
  readonly argv: readonly string[];
}

/** Words of an `iptables-save` line; it quotes with double quotes only. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    (match) => match[1]?.replaceAll(/\\(.)/g, '$1') ?? match[2] ?? '',
  );
}

/** Finds what is ours by its marks, where there is no state file to tell. */
export async function orphans(runner: Runner, runs: readonly Run[]): Promise<readonly Orphan[]> {
  const known = new Set<string>();
  const rules = new Set<string>();
  for (const undo of runs.flatMap((run) => run.state?.undos ?? [])) {
    if (undo.kind === 'delete-link') known.add(undo.link);
    if (undo.kind === 'delete-rule') rules.add(undo.rule.bridge);
  }
  const links = await runner.run(['ip', '-j', '-d', 'addr', 'show']);
  const firewall = await runner.run(['iptables-save']);
  const found: Orphan[] = [];
  for (const line of firewall.ok ? parseFirewall(firewall.stdout).ours : []) {
    const [, table = '', , chain = '', ...spec] = words(line);
    const comment = spec[spec.indexOf('--comment') + 1] ?? '';
    if (rules.has(comment.slice('ctr:'.length))) continue;
    found.push({
      what: `rule ${line}`,
      argv: ['iptables', '-w', '5', '-t', table, '-D', chain, ...spec],
    });
  }
  for (const link of links.ok ? parseLinks(links.stdout) : []) {
    if (!isOurGroup(link.group) || known.has(link.name)) continue;
    found.push({ what: `link ${link.name}`, argv: ['ip', 'link', 'del', 'dev', link.name] });
  }
  return found;
}
