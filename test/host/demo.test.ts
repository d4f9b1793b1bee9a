import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { assertSandbox } from '../../rig/assert-sandbox.ts';
import { ctr } from '../../rig/ctr.ts';
import { snapshot } from '../../rig/snapshot.ts';

const root = new URL('../..', import.meta.url).pathname;

test.each(['README.md', 'README.zh-CN.md'])(
  'the demo ends with the proof that %s shows',
  async (file) => {
    assertSandbox();
    const before = await snapshot();
    const shown =
      /^```\n(labex# .*?)^```$/ms.exec(readFileSync(`${root}${file}`, 'utf8'))?.[1] ?? '-';
    const ran = await ctr(['demo']);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain(shown);
    for (const line of [
      'ip link add name ctr0',
      'nsenter --target',
      'iptables -w 5 -t nat -A POSTROUTING',
    ]) {
      expect(ran.err).toContain(line);
    }
    expect(await snapshot()).toBe(before);
  },
);

test('the demo in Chinese explains every step', async () => {
  const ran = await ctr(['demo', '--lang', 'zh']);
  expect(ran.err).toContain('创建网桥 ctr0');
  expect(ran.err).toContain('这就是地址伪装 (MASQUERADE)');
  expect(ran.err).not.toMatch(/A bridge is a switch/);
});
