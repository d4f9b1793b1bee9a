import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import packet from 'dns-packet';
import { worldAddresses, worldNames } from '../../../src/model/world-addresses.ts';
import { pages } from '../../../src/sandbox/pages.ts';
import { webServer } from '../../../src/sandbox/world.ts';
import { installing, worldText } from '../../../src/sandbox/world-words.ts';
import { answer } from '../../../src/sandbox/zone.ts';

const server = webServer();
let port = 0;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => {
  server.close();
});

/** The answer to a raw request for exactly this target, without a client that normalizes it. */
async function get(target: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  return await text(socket);
}

const resolve = (name: string) => {
  const question = { type: 'A', name } as const;
  const reply = answer(packet.encode({ type: 'query', id: 1, questions: [question] }));
  return packet.decode(reply ?? Buffer.alloc(0)).answers?.map((one) => 'data' in one && one.data);
};

test.each(Object.keys(pages))('the world has the page %s', async (path) => {
  expect(await get(path)).toMatch(/^HTTP\/1\.1 200 /);
});

test.each(['/nothing', '/constructor', '/__proto__', '//[', '/%'])(
  'the world answers 404 to %s and goes on',
  async (target) => {
    expect(await get(target)).toMatch(/^HTTP\/1\.1 404 /);
    expect(await get('/whoami')).toMatch(/127\.0\.0\.1\n$/);
  },
);

test.each(['http://downloads.example/whoami', '/./whoami', '//whoami', '/whoami?x'])(
  '%s is the page /whoami',
  async (target) => {
    expect(await get(target)).toMatch(/^HTTP\/1\.1 200 [\s\S]*\n127\.0\.0\.1\n$/);
  },
);

test.each(Object.entries(worldNames))('%s is %s, which answers', (name, address) => {
  expect(resolve(name)).toEqual([address]);
  expect(worldAddresses).toContain(address);
});

test.each(['en', 'zh'] as const)('the help lists everything in the world (%s)', (language) => {
  const said = worldText(language);
  for (const [name, address] of Object.entries(worldNames)) {
    expect(said).toMatch(new RegExp(`^ +${name} +${address}$`, 'm'));
  }
  for (const [path, meaning] of Object.entries(pages)) {
    expect(said).toMatch(new RegExp(`^ +${path} `, 'm'));
    expect(said).toContain(meaning[language]);
  }
});

test('every page that is needed to install the package is there', async () => {
  const commands = [installing.tar, installing.dpkg].join('\n');
  const urls = [...commands.matchAll(/http:\/\/([\w.]+)(\/[\w.]+)/g)];
  expect(urls).toHaveLength(2);
  for (const [, name, path] of urls) {
    expect(Object.keys(worldNames)).toContain(name);
    expect(Object.keys(pages)).toContain(path);
  }
});
