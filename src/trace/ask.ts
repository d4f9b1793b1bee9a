import type { Mark } from './tables.ts';
import type { Probe } from './walk.ts';

/** Seconds that the probe waits for its answer. */
export const waitSeconds = 1;

/**
 * The program that sends one TCP segment or UDP datagram from inside the namespace, and waits. It begins when a line
 * comes, and prints one line of JSON. Arguments: protocol, address, port, own port, seconds.
 * A name server gets a question, since it answers nothing else.
 */
export const senderProgram = `
const [protocol, address, port, own, seconds] = process.argv.slice(1);
let began = 0;
const tell = (kind, error) => {
  const took = performance.now() - began;
  process.stdout.write(JSON.stringify({ kind, took, code: error?.code, said: error?.message }) + '\\n');
  process.exit(0);
};
process.stdin.once('data', () => {
  began = performance.now();
  setTimeout(() => tell('silent'), seconds * 1000);
  if (protocol === 'tcp') {
    const socket = require('node:net').connect({ host: address, port: +port, localPort: +own, localAddress: '0.0.0.0' });
    socket.on('connect', () => tell('answered'));
    socket.on('error', (error) => tell('failed', error));
  } else {
    const socket = require('node:dgram').createSocket('udp4');
    const question = Buffer.from('637401000001000000000000' + '0000020001', 'hex');
    socket.on('error', (error) => tell('failed', error));
    socket.on('message', () => tell('answered'));
    socket.bind(+own, () => socket.connect(+port, address, () =>
      socket.send(+port === 53 ? question : Buffer.from('ctr'), (error) => error && tell('failed', error))));
  }
});
process.stdin.on('end', () => process.exit(0));
process.stdout.write('ready\\n');
`;

/** The words of ping(8) for one echo request. @param id its identifier; absent for a ping that cannot be given one. */
export function pingWords(probe: Probe, id: number | undefined): readonly string[] {
  const header = 28;
  return [
    ...['ping', '-n', '-c', '1', '-W', String(waitSeconds)],
    ...(id === undefined ? [] : ['-e', String(id)]),
    ...(probe.size === undefined ? [] : ['-M', 'do', '-s', String(probe.size - header)]),
    probe.to,
  ];
}

/** A number by which the probe is told from all other packets. */
export function newMark(protocol: Probe['protocol']): Mark {
  const number = Math.floor(Math.random() * 20_000);
  // Below the ports that the kernel gives out by itself (ip_local_port_range).
  return protocol === 'icmp'
    ? { protocol, id: 30_000 + number }
    : { protocol, port: 12_000 + number };
}
