import { existsSync } from 'node:fs';
import type { Runner } from '../exec/runner.ts';
import { CniError, codes } from './failure.ts';
import { isObject } from './go-json.ts';
import type { Parameters } from './parameters.ts';
import { readResult } from './previous-result.ts';
import type { CniResult } from './result.ts';

/** IPAM plugins such as dhcp may wait for a server. */
const timeoutMs = 60_000;

function programOf(type: string, path: readonly string[]): string {
  if (!/^[A-Za-z0-9._-]+$/.test(type)) {
    throw new CniError(
      codes.configuration,
      `ipam.type ${JSON.stringify(type)} is no plugin's name`,
    );
  }
  const found = path.map((folder) => `${folder}/${type}`).find((file) => existsSync(file));
  if (found === undefined) {
    throw new CniError(
      codes.configuration,
      `the IPAM plugin ${type} is in no directory of CNI_PATH`,
      path.join(':'),
    );
  }
  return found;
}

/**
 * Runs an IPAM plugin with all variables that this one got (CNI 1.1.0, "Delegated plugin execution").
 * @throws CniError with the plugin's own code and words.
 */
export async function delegate(
  runner: Runner,
  type: string,
  { path }: Pick<Parameters, 'path'>,
  environment: Readonly<Record<string, string>>,
  text: string,
): Promise<CniResult | undefined> {
  const { ok, stdout, stderr } = await runner.run([programOf(type, path)], {
    environment,
    input: text,
    timeoutMs,
  });
  process.stderr.write(stderr);
  let answer: unknown;
  try {
    answer = stdout.trim() === '' ? {} : JSON.parse(stdout);
  } catch {
    throw new CniError(
      codes.decoding,
      `the IPAM plugin ${type} printed no JSON`,
      stdout.slice(0, 500),
    );
  }
  if (!isObject(answer))
    throw new CniError(codes.decoding, `the IPAM plugin ${type} printed no object`);
  if (ok) return stdout.trim() === '' ? undefined : readResult(answer);
  const { code, msg, details } = answer;
  throw new CniError(
    typeof code === 'number' ? code : codes.stepFailed,
    typeof msg === 'string' ? msg : `the IPAM plugin ${type} failed`,
    typeof details === 'string' ? details : stderr.trim(),
  );
}
