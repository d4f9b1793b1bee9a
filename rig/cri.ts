import { connect as connectHttp } from 'node:http2';
import { connect } from 'node:net';

type Value = string | number | Message;

/**
 * A message of Protocol Buffers: fields by number. A number is a varint, text and messages are length-delimited; a list
 * is a repeated field.
 */
export interface Message {
  readonly [field: number]: Value | readonly Value[];
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.from(bytes);
}

function encode(message: Message): Buffer {
  return Buffer.concat(
    Object.entries(message).flatMap(([field, value]: [string, Value | readonly Value[]]) =>
      [value].flat().flatMap((one: Value) => {
        if (typeof one === 'number') return [varint(Number(field) << 3), varint(one)];
        const body = typeof one === 'string' ? Buffer.from(one) : encode(one);
        return [varint((Number(field) << 3) | 2), varint(body.length), body];
      }),
    ),
  );
}

/** The first length-delimited field of that number. */
export function fieldOf(body: Buffer, wanted: number): Buffer | undefined {
  return fieldsOf(body, wanted)[0];
}

/** All length-delimited fields of that number. */
export function fieldsOf(body: Buffer, wanted: number): readonly Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = body[at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  };
  while (at < body.length) {
    const key = next();
    if ((key & 7) === 0) {
      next();
      continue;
    }
    const length = next();
    if (key >>> 3 === wanted) found.push(body.subarray(at, at + length));
    at += length;
  }
  return found;
}

/** Calls a method of the Container Runtime Interface, as a kubelet does. @throws with gRPC's message. */
export async function callCri(socket: string, method: string, request: Message): Promise<Buffer> {
  const session = connectHttp('http://localhost', { createConnection: () => connect(socket) });
  try {
    return await new Promise((resolve, reject) => {
      session.on('error', reject);
      const stream = session.request({
        ':method': 'POST',
        ':path': `/runtime.v1.RuntimeService/${method}`,
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      const parts: Buffer[] = [];
      let status: string | undefined;
      let said = '';
      const read = (headers: Readonly<Record<string, unknown>>) => {
        if (headers['grpc-status'] === undefined) return;
        status = String(headers['grpc-status']);
        said = decodeURIComponent(String(headers['grpc-message'] ?? ''));
      };
      stream.on('response', read);
      stream.on('trailers', read);
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('error', reject);
      stream.on('end', () => {
        // One message: a byte for compression and four for the length come before it.
        if (status === '0') resolve(Buffer.concat(parts).subarray(5));
        else reject(new Error(`${method}: ${status} ${said}`));
      });
      const body = encode(request);
      const head = Buffer.alloc(5);
      head.writeUInt32BE(body.length, 1);
      stream.end(Buffer.concat([head, body]));
    });
  } finally {
    session.close();
  }
}
