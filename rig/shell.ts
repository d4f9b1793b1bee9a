import { sh } from './sh.ts';

/** Runs lines of shell behind a command prefix. @throws the error message when a line fails. */
export async function shellIn(
  enter: readonly string[],
  ...lines: readonly string[]
): Promise<void> {
  const ran = await sh([...enter, 'sh', '-ec', lines.join('\n')]);
  if (ran.code !== 0) throw new Error(`${lines.join('; ')}: ${ran.err}`);
}

/** Runs lines of shell on this host. @throws the error message when a line fails. */
export async function shell(...lines: readonly string[]): Promise<void> {
  await shellIn([], ...lines);
}
