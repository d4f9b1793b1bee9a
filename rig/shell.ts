import { sh } from './sh.ts';

/** Runs lines of a shell where these words lead. @throws what was said when a line fails. */
export async function shellIn(
  enter: readonly string[],
  ...lines: readonly string[]
): Promise<void> {
  const ran = await sh([...enter, 'sh', '-ec', lines.join('\n')]);
  if (ran.code !== 0) throw new Error(`${lines.join('; ')}: ${ran.err}`);
}

/** Runs lines of a shell on this host. @throws what was said when a line fails. */
export async function shell(...lines: readonly string[]): Promise<void> {
  await shellIn([], ...lines);
}
