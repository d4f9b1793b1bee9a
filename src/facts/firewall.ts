import { markedBridge } from '../names.ts';
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

/** A firewall rule that bears our mark. */
export interface MarkedRule {
  readonly bridge: string;
  /** As iptables-save(8) prints it, with its table. */
  readonly line: string;
  /** What removes it. */
  readonly argv: readonly string[];
}

/** Words of a line of iptables-save(8), which quotes with double quotes only. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    (match) => match[1]?.replaceAll(/\\(.)/g, '$1') ?? match[2] ?? '',
  );
}

/** @param ours lines of `parseFirewall`. */
export function markedRules(ours: readonly string[]): readonly MarkedRule[] {
  return ours.flatMap((line) => {
    const [, table = '', , chain = '', ...spec] = words(line);
    const bridge = markedBridge(spec[spec.indexOf('--comment') + 1] ?? '');
    if (bridge === undefined) return [];
    return [{ bridge, line, argv: ['iptables', '-w', '5', '-t', table, '-D', chain, ...spec] }];
  });
}

/** Where a rule is and what it says, whatever the command does with it and in which order it speaks. */
function essence(argv: readonly string[]): string {
  const [, , , , table, , chain, ...spec] = argv;
  return [table, chain, ...[...spec].sort()].join(' ');
}

/** The rules that a command of iptables(8) would add or remove. */
export function rulesLike(
  rules: readonly MarkedRule[],
  argv: readonly string[],
): readonly MarkedRule[] {
  const wanted = essence(argv);
  return rules.filter((rule) => essence(rule.argv) === wanted);
}
