import type { Runner } from '../../exec/runner.ts';
import type { HostView } from '../../facts/index.ts';
import { isRecord, parseJsonArray, textOf } from '../../facts/json.ts';
import { isAddress6 } from '../../model/ipv6.ts';
import type { Lab } from '../../model/lab.ts';
import { type Finding, finding } from './finding.ts';

/** A query for the kernel (ip-route(8), `route get`), and the answer that the lab needs. */
interface Question {
  readonly words: string;
  readonly wanted: 'local' | 'any' | { readonly dev: string };
}

function questions(lab: Lab, { links }: HostView): readonly Question[] {
  const asked = new Set<string>();
  const there = new Set(links.map(({ name }) => name));
  return lab.containers.flatMap(({ attachments, resolvers }) =>
    attachments.flatMap(({ network, address, gateway }): Question[] => {
      const { bridge } = network;
      // All containers of a network share one route, so the first container is enough.
      if (asked.has(bridge) || !there.has(bridge)) return [];
      asked.add(bridge);
      const out = gateway === null ? [] : resolvers.filter((one) => !isAddress6(one));
      return [
        { words: `route get ${address} from ${network.gateway}`, wanted: { dev: bridge } },
        { words: `route get ${network.gateway} from ${address} iif ${bridge}`, wanted: 'local' },
        ...out.map(
          (to): Question => ({
            words: `route get ${to} from ${address} iif ${bridge}`,
            wanted: 'any',
          }),
        ),
      ];
    }),
  );
}

/** The answers in the order of the questions; undefined for a question that failed. */
function answersOf(stdout: string, stderr: string, count: number): readonly (string | undefined)[] {
  const failed = new Set(
    [...stderr.matchAll(/^Command failed -:(\d+)$/gm)].map(([, at]) => Number(at)),
  );
  const lines = stdout.split('\n').filter((line) => line !== '');
  return Array.from({ length: count }, (_, index) =>
    failed.has(index + 1) ? undefined : lines.shift(),
  );
}

function fits({ wanted }: Question, line: string | undefined): boolean {
  if (line === undefined) return false;
  const [route] = parseJsonArray(line);
  if (!isRecord(route)) return false;
  if (wanted === 'any') return textOf(route.dev) !== undefined;
  return wanted === 'local' ? route.type === 'local' : textOf(route.dev) === wanted.dev;
}

/**
 * Asks the kernel for the routes that the lab depends on: it knows more about routing than the facts do.
 * @returns only the answers that differ from what the lab needs.
 */
export async function askKernel(
  runner: Runner,
  lab: Lab,
  host: HostView,
): Promise<readonly Finding[]> {
  const asked = questions(lab, host);
  if (asked.length === 0) return [];
  const { stdout, stderr } = await runner.run(['ip', '-j', '-force', '-batch', '-'], {
    input: `${asked.map(({ words }) => words).join('\n')}\n`,
  });
  const answers = answersOf(stdout, stderr, asked.length);
  return asked.flatMap((question, index) => {
    const answer = answers[index];
    if (fits(question, answer)) return [];
    const { words, wanted } = question;
    const where = typeof wanted === 'object' ? wanted.dev : wanted === 'local' ? 'local' : 'dev …';
    const what = `ip ${words} → ${where}`;
    const [route] = answer === undefined ? [] : parseJsonArray(answer);
    const said = isRecord(route) ? textOf(route.dev) : stderr.split('\n')[0];
    return [finding(false, 'host', what, what, said ?? '')];
  });
}
