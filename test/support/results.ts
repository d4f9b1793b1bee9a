import { mkdirSync, writeFileSync } from 'node:fs';

/** The full counts are run by command (`npm run races`), a sample of them by the tests. */
export const full = process.env.CTR_COUNTS === 'full';

/** Keeps the figures of a run for docs/reliability.md, where a folder for them is named. */
export function record(name: string, figures: Readonly<Record<string, unknown>>): void {
  const folder = process.env.CTR_RESULTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${name}.json`, `${JSON.stringify(figures, null, 2)}\n`);
}
