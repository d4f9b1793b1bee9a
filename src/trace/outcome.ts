import { isRecord, numberOf, textOf } from '../facts/json.ts';
import type { Outcome } from './walk.ts';

/** An errno of the socket which says that an answer came and was a refusal. */
const refusedBy = ['ECONNREFUSED', 'ECONNRESET'];
/** The errors that an ICMP error becomes (icmp(7), RFC 1122 §4.2.3.9); a missing route has the first two as well. */
const unreachable = ['EHOSTUNREACH', 'ENETUNREACH', 'EMSGSIZE', 'EPROTO', 'ENOPROTOOPT', 'EACCES'];

/** What ctr's sender printed. @param error the ICMP error that came to the sender, as it was seen there. */
export function senderOutcome(
  line: string,
  error: Extract<Outcome, { kind: 'unreachable' }> | undefined,
): Outcome {
  const said: unknown = line === '' ? {} : JSON.parse(line);
  if (!isRecord(said)) return { kind: 'silent' };
  const code = textOf(said.code) ?? '';
  if (said.kind === 'answered') return { kind: 'answered', milliseconds: numberOf(said.took) ?? 0 };
  if (said.kind !== 'failed') return error ?? { kind: 'silent' };
  // A REJECT of a firewall on the way looks to the sender like a closed port; the error's own sender tells.
  if (error !== undefined && [...unreachable, ...refusedBy].includes(code)) return error;
  if (refusedBy.includes(code)) return { kind: 'refused' };
  return { kind: 'not-sent', errno: code, said: textOf(said.said) ?? code };
}

/** Words of strerror(3) for what stops ping(8) from sending. */
const errnoOf: Readonly<Record<string, string>> = {
  'Network is unreachable': 'ENETUNREACH',
  'No route to host': 'EHOSTUNREACH',
  'Operation not permitted': 'EPERM',
  'Permission denied': 'EACCES',
  'Invalid argument': 'EINVAL',
  'Message too long': 'EMSGSIZE',
  'No buffer space available': 'ENOBUFS',
  'Cannot assign requested address': 'EADDRNOTAVAIL',
};

/** What ping(8) printed. */
export function pingOutcome(
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
  error: Extract<Outcome, { kind: 'unreachable' }> | undefined,
): Outcome {
  const milliseconds = /time[=<]([\d.]+) ms/.exec(stdout)?.[1];
  if (milliseconds !== undefined) return { kind: 'answered', milliseconds: Number(milliseconds) };
  if (error !== undefined) return error;
  const said = stderr.trim();
  const words = Object.keys(errnoOf).find((text) => said.includes(text));
  if (words !== undefined) return { kind: 'not-sent', errno: errnoOf[words] ?? '', said };
  if (!stdout.includes('transmitted') && said !== '') return { kind: 'not-sent', errno: '', said };
  if (/[Mm]essage too long/.test(stdout + stderr))
    return { kind: 'not-sent', errno: 'EMSGSIZE', said };
  return { kind: 'silent' };
}
