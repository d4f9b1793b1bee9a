import { mkdirSync, writeFileSync } from 'node:fs';

/** `npm run races` runs the full numbers, the tests a sample. */
export const full = process.env.CTR_COUNTS === 'full';

/** Writes figures for docs/reliability.md, if a directory for them is set. */
export function record(name: string, figures: Readonly<Record<string, unknown>>): void {
  const folder = process.env.CTR_RESULTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${name}.json`, `${JSON.stringify(figures, null, 2)}\n`);
}
