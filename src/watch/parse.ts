import { isRecord, parseJsonArray, textOf } from '../facts/json.ts';
import { markedBridge } from '../model/names.ts';
import { isOurTable } from '../model/nft.ts';
import type { WatchedLink, WatchedRule } from './reading.ts';

/** `ip -j addr show`. */
export function parseWatchedLinks(stdout: string): readonly WatchedLink[] {
  return parseJsonArray(stdout).flatMap((entry): readonly WatchedLink[] => {
    if (!isRecord(entry)) return [];
    const name = textOf(entry.ifname);
    if (name === undefined) return [];
    const addresses = Array.isArray(entry.addr_info) ? entry.addr_info : [];
    return [
      {
        name,
        state: textOf(entry.operstate) ?? '',
        master: textOf(entry.master) ?? null,
        addresses: addresses.flatMap((one: unknown) =>
          isRecord(one) && one.family === 'inet' ? [`${one.local}/${one.prefixlen}`] : [],
        ),
      },
    ];
  });
}

const counted = /^\[(\d+):(\d+)\] -A (\S+) ?(.*)$/;
const policy = /^:(\S+) (ACCEPT|DROP|QUEUE) \[(\d+):(\d+)\]$/;
const comment = / ?-m comment --comment (?:"((?:[^"\\]|\\.)*)"|(\S+))/;

/**
 * `iptables-save -c`. Policies are told only where they drop: those that accept are the same on every host.
 * @param bridges of the run, whose rules bear their names.
 */
export function parseRules(stdout: string, bridges: ReadonlySet<string>): readonly WatchedRule[] {
  let table = '';
  return stdout.split('\n').flatMap((line): readonly WatchedRule[] => {
    if (line.startsWith('*')) table = line.slice(1);
    const rule = counted.exec(line);
    if (rule !== null) {
      const [, packets, bytes, chain = '', text = ''] = rule;
      const said = comment.exec(text);
      const bridge = markedBridge(said?.[1] ?? said?.[2] ?? '');
      const ours = bridge !== undefined && bridges.has(bridge);
      return [
        {
          ...{ table, chain, ours, packets: Number(packets), bytes: Number(bytes) },
          rule: (ours ? text.replace(comment, '') : text).trim(),
        },
      ];
    }
    const base = policy.exec(line);
    if (base?.[2] !== 'DROP') return [];
    return [
      {
        ...{ table, chain: base[1] ?? '', ours: false, rule: 'policy DROP' },
        ...{ packets: Number(base[3]), bytes: Number(base[4]) },
      },
    ];
  });
}

const inTable = /^table (\S+) (\S+) \{$/;
const inChain = /^chain (\S+) \{$/;
const counter = / ?counter packets (\d+) bytes (\d+)/;
const remark = / ?comment "([^"]*)"/;

/**
 * The rules in ctr's tables, from `nft list ruleset`: of each chain as nft(8) lists it. Only a rule with the word `counter`
 * counts packets.
 * @param bridges of the run, whose rules bear their names.
 */
export function parseTables(stdout: string, bridges: ReadonlySet<string>): readonly WatchedRule[] {
  const found: WatchedRule[] = [];
  let [table, chain, depth] = ['', '', 0];
  for (const raw of stdout.split('\n')) {
    const line = raw.trim();
    if (depth === 0) {
      const [, family = '', name = ''] = inTable.exec(line) ?? [];
      table = isOurTable(family, name) ? `${family} ${name}` : '';
    } else if (depth === 1) chain = inChain.exec(line)?.[1] ?? '';
    const isRule = depth === 2 && table !== '' && chain !== '' && !/^(?:type |\}|$)/.test(line);
    // A comment may have a brace as well.
    const bare = line.replaceAll(/"[^"]*"/g, '');
    depth += bare.split('{').length - bare.split('}').length;
    if (!isRule) continue;
    const bridge = markedBridge(remark.exec(line)?.[1] ?? '');
    const ours = bridge !== undefined && bridges.has(bridge);
    const [, packets, bytes] = counter.exec(line) ?? [];
    found.push({
      ...{ table, chain, ours },
      rule: (ours ? line.replace(remark, '') : line).replace(counter, '').trim(),
      packets: packets === undefined ? null : Number(packets),
      bytes: bytes === undefined ? null : Number(bytes),
    });
  }
  return found;
}
