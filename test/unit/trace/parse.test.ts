import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseTraceLine } from '../../../src/trace/parse.ts';

const versions = ['1.0.6', '1.1.3'] as const;

function linesOf(version: string): readonly string[] {
  const folder = join(import.meta.dirname, `nft-${version}`);
  return readdirSync(folder).flatMap((file) => {
    const { streams } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      streams: Record<string, readonly string[]>;
    };
    return Object.values(streams).flat();
  });
}

describe.each(versions)('nft %s', (version) => {
  test('every recorded line is understood, and no number is missing', () => {
    const lines = linesOf(version);
    expect(lines.length).toBeGreaterThan(400);
    for (const line of lines) {
      const event = parseTraceLine(line);
      expect([line, event === undefined]).toEqual([line, false]);
      if (event?.what.kind !== 'packet') continue;
      const { ip } = event.what.seen;
      if (ip === undefined) continue;
      for (const number of [ip.ttl, ip.id, ip.length]) expect(Number.isInteger(number)).toBe(true);
      expect(ip.source).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
      if (ip.icmp !== undefined) expect(Number.isInteger(ip.icmp.code)).toBe(true);
    }
  });
});

test('bytes at egress: leading zeros are left out', () => {
  const event = parseTraceLine(
    'trace id 630810d2 netdev t egress_1 packet: oif "eth0" @nh,0,160 0x450000545bca40004001e181c0a80064cb007150 @th,0,160 0x8004b0d008e0001346c0b6b00000000aab90300 ',
  );
  expect(event?.what).toEqual({
    kind: 'packet',
    seen: {
      out: 'eth0',
      ip: {
        source: '192.168.0.100',
        destination: '203.0.113.80',
        ttl: 64,
        id: 23_498,
        length: 84,
        icmp: { type: 8, code: 0, id: 142, sequence: 1 },
      },
    },
  });
});

test('a rule, with and without its number, and one that nft does not know', () => {
  const what = (text: string) => parseTraceLine(`trace id 1 ip nat POSTROUTING ${text}`)?.what;
  expect(
    what(
      'rule ip saddr 10.0.0.1  counter packets 0 bytes 0 masquerade # handle 2 (verdict accept)',
    ),
  ).toEqual({ kind: 'rule', text: 'ip saddr 10.0.0.1 masquerade', handle: 2, verdict: 'accept' });
  expect(what('rule tcp dport 80 jump web (verdict jump web)')).toEqual({
    kind: 'rule',
    text: 'tcp dport 80 jump web',
    verdict: 'jump web',
  });
  expect(what('unknown rule handle 15 (verdict continue)')).toEqual({
    kind: 'rule',
    text: '',
    handle: 15,
    verdict: 'continue',
  });
  expect(what('policy drop ')).toEqual({ kind: 'policy', verdict: 'drop' });
  expect(what('verdict continue ')).toBeUndefined();
});

test('an ICMP error: the identification of the packet that it quotes', () => {
  const event = parseTraceLine(
    'trace id d421f2e3 netdev t ingress_1 packet: iif "eth0" ether saddr 02:5b:ea:2d:df:c4 ether daddr 02:2b:0c:01:bc:37 ip saddr 192.168.0.1 ip daddr 192.168.0.100 ip dscp cs6 ip ecn not-ect ip ttl 64 ip id 38155 ip protocol icmp ip length 112 icmp type destination-unreachable icmp code port-unreachable icmp id 0 icmp sequence 0 @th,64,96 0x45000054c58240003f0178c9 ',
  );
  const seen = event?.what.kind === 'packet' ? event.what.seen : undefined;
  expect(seen?.ip?.icmp).toEqual({ type: 3, code: 3, quotedId: 50_562 });
});
