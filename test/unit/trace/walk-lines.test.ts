import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Place } from '../../../src/model/place.ts';
import type { Language } from '../../../src/model/text.ts';
import { columnsOf } from '../../../src/render/columns.ts';
import { walkLines } from '../../../src/render/walk.ts';
import { walkHtml } from '../../../src/render/walk-html.ts';
import { walkMermaid } from '../../../src/render/walk-mermaid.ts';
import { correlate } from '../../../src/trace/correlate.ts';
import type { Device } from '../../../src/trace/order.ts';
import { parseTraceLine } from '../../../src/trace/parse.ts';
import type { Mark } from '../../../src/trace/tables.ts';
import type { Walk } from '../../../src/trace/walk.ts';

interface Recorded {
  readonly from: Place;
  readonly to: string;
  readonly mark: Mark;
  readonly table: string;
  readonly devices: Readonly<Record<string, readonly Device[]>>;
  readonly streams: Readonly<Record<string, readonly string[]>>;
}

function walkOf(name: string, rest: Partial<Walk>): Walk {
  const file = join(import.meta.dirname, 'nft-1.1.3', `${name}.json`);
  const record = JSON.parse(readFileSync(file, 'utf8')) as Recorded;
  const { from, to, mark, table, devices, streams } = record;
  const read = Object.entries(streams).map(([place, lines]) => ({
    place: place as Place,
    events: lines.flatMap((line) => parseTraceLine(line) ?? []),
  }));
  const places = new Map(Object.entries(devices)) as unknown as ReadonlyMap<
    Place,
    readonly Device[]
  >;
  return {
    probe: { protocol: mark.protocol, from, to },
    outcome: { kind: 'silent' },
    ...correlate(read, { from, mark, table, devices: places }),
    ...{ watched: [], blind: [], decisions: [], counters: {} },
    ...rest,
  };
}

const options = (language: Language) => ({ language, columns: 78, color: false });
const answered = { kind: 'answered', milliseconds: 0.31 } as const;

describe.each(['en', 'zh'] as const)('%s', (language) => {
  test('no line is wider than the terminal', () => {
    for (const name of ['icmp', 'tcp-closed', 'rejected', 'tcp-filtered', 'arp']) {
      for (const line of walkLines(walkOf(name, {}), options(language))) {
        expect([line, columnsOf(line) <= 78]).toEqual([line, true]);
      }
    }
  });
});

test('what changed is marked, and only that', () => {
  const lines = walkLines(walkOf('icmp', { outcome: answered }), options('en'));
  const marked = lines.filter((line) => line.includes('◂')).map((line) => line.trim());
  expect(marked.map((line) => line.replaceAll(/\s+/g, ' '))).toEqual([
    '9 host ctr0→wan0 forward = 63 ◂',
    '10 host ctr0→wan0 postrouting 198.51.100.2 ◂ → 203.0.113.80 63',
    '19 host wan0 prerouting 203.0.113.80 → 192.168.0.100 ◂ 64',
    '20 host wan0→ctr0 forward = 63 ◂',
  ]);
  expect(lines.at(-1)).toBe(' ✔ answered in 0.3 ms');
});

test('where it was dropped, in both languages, with the counters that tell something', () => {
  const counters = { host: { IpInAddrErrors: 1, IpInReceives: 3, 'eth0/rx_dropped': 2 } };
  const walk = walkOf('tcp-filtered', { counters });
  const english = walkLines(walk, options('en')).slice(-3);
  expect(english).toEqual([
    ' ✘ no answer: dropped at host ctr0→wan0 forward',
    '   counters that grew meanwhile:',
    '     host: IpInAddrErrors +1, eth0/rx_dropped +2',
  ]);
  expect(walkLines(walk, options('zh')).at(-3)).toBe(
    ' ✘ 没有应答：在 host ctr0→wan0 forward 被丢弃',
  );
});

test('a namespace that nobody watched is named, with its traffic', () => {
  const walk: Walk = {
    ...walkOf('icmp', { outcome: answered }),
    hops: [],
    blind: [{ place: 'host', why: 'sh: nft: not found' }],
    counters: { host: { IpForwDatagrams: 2, TcpInSegs: 9 } },
  };
  const text = walkLines(walk, options('en')).join('\n');
  expect(text).toContain('not watched: host (sh: nft: not found)');
  expect(text).toContain('host: IpForwDatagrams +2');
  expect(text).not.toContain('TcpInSegs');
});

test('Mermaid: a lane for each namespace, an arrow for each cable', () => {
  const text = walkMermaid(walkOf('icmp', { outcome: answered }), options('en'));
  expect(text.split('\n')[0]).toBe('sequenceDiagram');
  expect(text.match(/^ {2}participant .*$/gm)).toEqual([
    '  participant p0 as labex',
    '  participant p1 as host',
    '  participant p2 as world',
  ]);
  expect(text.match(/^ {2}p\d-{1,2}>>p\d/gm)?.map((one) => one.trim())).toEqual([
    'p0->>p1',
    'p1->>p2',
    'p2-->>p1',
    'p1-->>p0',
  ]);
});

test('the page loads nothing, and text stays text', () => {
  const walk = walkOf('tcp-filtered', {});
  const page = walkHtml(walk, 'ctr trace <b>', ['<script>'], options('zh'));
  expect(page).toContain('<html lang="zh">');
  expect(page).toContain("default-src 'none'");
  expect(page).not.toMatch(/<script|<b>/);
  expect(page).toContain('tr class="dropped"');
});
