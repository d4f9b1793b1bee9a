import { InvalidArgumentError } from 'commander';
import { type Focus, focuses } from '../../model/focus.ts';
import type { Pace } from '../../verbs/pace.ts';
import type { TraceFlags } from '../../verbs/trace.ts';

/** Parses `enter` or seconds up to an hour. */
export function paceOf(word: string): Pace {
  if (word === 'enter') return word;
  const value = Number(word);
  if (word === '' || !(value >= 0 && value <= 3600))
    throw new InvalidArgumentError('enter, 0 … 3600');
  return value;
}

export function focusNamed(word: string): Focus {
  const found = focuses.find((one) => one === word);
  if (found === undefined) throw new InvalidArgumentError(focuses.join(', '));
  return found;
}

/** Parses seconds between readings. */
export function intervalOf(word: string): number {
  const value = Number(word);
  if (!(value >= 0.2 && value <= 3600)) throw new InvalidArgumentError('0.2 … 3600');
  return value;
}

export function protocolOf(word: string): NonNullable<TraceFlags['protocol']> {
  const found = (['icmp', 'tcp', 'udp'] as const).find((one) => one === word);
  if (found === undefined) throw new InvalidArgumentError('icmp, tcp, udp');
  return found;
}

export function nodesOf(word: string, before: readonly string[] = []): readonly string[] {
  return [...before, word];
}

/** Parses a whole number of this range. */
export function whole(least: number, most: number): (word: string) => number {
  return (word) => {
    const value = Number(word);
    if (!(Number.isInteger(value) && value >= least && value <= most)) {
      throw new InvalidArgumentError(`${least} … ${most}`);
    }
    return value;
  };
}
