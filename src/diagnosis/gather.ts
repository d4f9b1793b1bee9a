import type { Runner } from '../exec/runner.ts';
import type { Lab } from '../model/lab.ts';
import { containerPlace, nodePlace, type Place } from '../model/place.ts';
import type { Where } from '../snapshot/read.ts';
import type { Namespaces } from '../trace/namespaces.ts';
import { type Beside, type Traced, trace } from '../trace/send.ts';
import type { Probe } from '../trace/walk.ts';
import type { Evidence, Question } from './evidence.ts';
import { readNamespaces } from './read.ts';
import type { Reading } from './reading.ts';

/** The namespaces of these processes, and the one in which ctr runs. */
function namespacesOf({ containers, world, nodes }: Where): Namespaces {
  return new Map<Place, number | 'self'>([
    ['host', 'self'],
    ...[...containers].map(([name, pid]) => [containerPlace(name), pid] as const),
    ...(world === undefined ? [] : [['world', world] as const]),
    ...[...(nodes ?? [])].map(([name, pid]) => [nodePlace(name), pid] as const),
  ]);
}

function probeOf({ from, to, protocol, port, name }: Question, size: number | undefined): Probe {
  return {
    ...{ protocol, from, to },
    ...(name === undefined ? {} : { name }),
    ...(port === undefined || protocol === 'icmp' ? {} : { port }),
    ...(size === undefined ? {} : { size }),
  };
}

export interface GatherOptions {
  readonly lab?: Lab | undefined;
  /** Bytes of the IP packet, which then must not be fragmented; only with ICMP. */
  readonly size?: number;
  readonly announced?: Beside['announced'];
}

/** Evidence, and what the monitors of nft printed for it. */
export interface Gathered {
  readonly evidence: Evidence;
  readonly raw: Traced['raw'];
}

/**
 * Reads every namespace, sends one probe and watches it, and reads once more. Leaves nothing behind. A question whose
 * name has no address is answered by reading alone.
 */
export async function gather(
  runner: Runner,
  where: Where,
  question: Question,
  { lab, size, announced }: GatherOptions = {},
): Promise<Gathered> {
  const namespaces = namespacesOf(where);
  const first = readNamespaces(runner, where);
  const known = { question, ...(lab === undefined ? {} : { lab }) };
  if (question.unresolved !== undefined) {
    return { evidence: { ...known, reading: await first }, raw: {} };
  }
  let after: Reading | undefined;
  const { walk, raw } = await trace(runner, namespaces, probeOf(question, size), {
    before: first,
    announced,
    after: async () => {
      after = await readNamespaces(runner, where);
    },
  });
  const again = after === undefined ? {} : { after };
  return { evidence: { ...known, reading: await first, walk, ...again }, raw };
}
