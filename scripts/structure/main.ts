import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** The folders of src/, from the lowest up. A file may import from its own folder and from those before it. */
const order = [
  'model',
  'exec',
  'config',
  'filter',
  'facts',
  'resources',
  'snapshot',
  'resolve',
  'steps',
  'losses',
  'trace',
  'diagnosis',
  'xray',
  'fast',
  'plan',
  'state',
  'json',
  'run',
  'render',
  'graph',
  'explain',
  'recording',
  'replay',
  'report',
  'rootfs',
  'sandbox',
  'cni',
  'stepping',
  'watch',
  'doctor',
  'necessity',
  'verbs',
  'cli',
] as const;

/** The folder of a file. Files directly in src/ count as `plan`, except the program's entry point. */
function folderOf(path: string): string {
  if (path.includes('/')) return path.slice(0, path.indexOf('/'));
  return path === 'cli.ts' ? 'cli' : 'plan';
}

// Relative to the project's directory, where lint runs this program.
const root = 'src';
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
  /\.tsx?$/.test(path),
);
const levels: readonly string[] = order;
let wrong = 0;
for (const file of files) {
  const level = levels.indexOf(folderOf(file));
  if (level < 0) {
    console.error(`src/${file}: its folder has no place in scripts/structure/main.ts`);
    wrong += 1;
  }
  const text = readFileSync(join(root, file), 'utf8');
  for (const [, path = ''] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
    const target = relative(root, join(root, dirname(file), path));
    if (levels.indexOf(folderOf(target)) <= level) continue;
    console.error(
      `src/${file} imports from src/${target}, which comes after it in the list of docs/architecture.md`,
    );
    wrong += 1;
  }
}
process.exitCode = wrong === 0 ? 0 : 1;
