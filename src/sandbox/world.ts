import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, isIPv6, type Socket } from 'node:net';
import { world6, worldAddresses, worldAddresses6, worldGateway } from '../model/world-addresses.ts';
import { archive, deb, index, release } from './package.ts';
import { isPage, type Page } from './pages.ts';
import { answer } from './zone.ts';

const dnsPort = 53;
const webPort = 80;
const biggest = 10 * 1024 * 1024;

function callerOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '?').replace(/^::ffff:/, '');
}

function greeting(caller: string): string {
  return `hello from the internet, you came from ${caller}`;
}

/** A downloadable script with the caller's address. */
function downloadable(caller: string): string {
  return `#!/bin/sh\n# A program from the internet of the sandbox host.\necho '${greeting(caller)}'\n`;
}

interface Answer {
  readonly type: string;
  readonly body: string | Buffer;
}

const text = (body: string): Answer => ({ type: 'text/plain', body });

/** The pages' contents for a caller. */
const answers: Readonly<Record<Page, (caller: string, query: URLSearchParams) => Answer>> = {
  '/': (caller) => text(`${greeting(caller)}\n`),
  '/whoami': (caller) => text(`${caller}\n`),
  '/hello': (caller) => ({ type: 'text/x-shellscript', body: downloadable(caller) }),
  '/big': (_, query) => {
    const bytes = Number(query.get('bytes') ?? 1024 * 1024);
    const body = Buffer.alloc(Math.min(Math.max(bytes, 0) || 0, biggest));
    return { type: 'application/octet-stream', body };
  },
  '/greet.tar.gz': () => ({ type: 'application/gzip', body: archive }),
  '/greet.deb': () => ({ type: 'application/vnd.debian.binary-package', body: deb }),
  '/Packages': () => text(index),
  '/Release': () => text(release),
};

/** The web server. `/` tells every caller the source address that it saw. */
export function respond(request: IncomingMessage, response: ServerResponse): void {
  // Not new URL(): it throws for some requests that a client can send.
  const target = (request.url ?? '/').replace(/^http:\/\/[^/?]*/i, '');
  const [before = '', query] = target.split('?');
  const path = before === '' ? '/' : before.replaceAll(/\/(?:\.?\/)+/g, '/');
  if (!isPage(path)) {
    response.writeHead(404, { 'content-type': 'text/plain' });
    response.end('there is no such page\n');
    return;
  }
  const { type, body } = answers[path](callerOf(request), new URLSearchParams(query));
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}

export function webServer(): Server {
  return createServer(respond);
}

/** DNS over TCP: a two-byte length before each message (RFC 7766 §8). */
function answerStream(socket: Socket): void {
  let pending = Buffer.alloc(0);
  socket.setTimeout(10_000, () => socket.destroy());
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const length = pending.readUInt16BE(0);
      const reply = answer(pending.subarray(2, 2 + length));
      pending = pending.subarray(2 + length);
      if (reply === null) return socket.destroy();
      const size = Buffer.alloc(2);
      size.writeUInt16BE(reply.length);
      socket.write(Buffer.concat([size, reply]));
    }
  });
}

/** One UDP socket per address, so that a reply comes from the address that was asked. */
async function serveDns(address: string): Promise<void> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  socket.on('message', (message, from) => {
    const reply = answer(message);
    if (reply !== null) socket.send(reply, from.port, from.address);
  });
  socket.on('error', () => undefined);
  socket.bind(dnsPort, address);
  await once(socket, 'listening');
}

/** Plays the internet in its network namespace until the namespace ends. Prints `ready` when all servers listen. */
export async function serveWorld(): Promise<void> {
  for (const name of ['SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGTERM'] as const)
    process.on(name, () => undefined);
  const everywhere = existsSync('/proc/sys/net/ipv6') ? ['0.0.0.0', '::'] : ['0.0.0.0'];
  const servers = everywhere.flatMap((host) => [
    webServer().listen({ port: webPort, host, ipv6Only: true }),
    createTcpServer(answerStream).listen({ port: dnsPort, host, ipv6Only: true }),
  ]);
  const addresses6 = everywhere.length > 1 ? [world6.gateway, ...worldAddresses6] : [];
  await Promise.all([
    ...servers.map(async (server) => await once(server, 'listening')),
    ...[worldGateway, ...worldAddresses, ...addresses6].map(serveDns),
  ]);
  process.stdout.write('ready\n');
}
