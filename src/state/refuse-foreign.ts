import { type Dirent, existsSync, lstatSync, readdirSync } from 'node:fs';
import { CtrError, exitCodes } from '../model/errors.ts';
import type { Text } from '../model/text.ts';

const runName = /^[a-z][a-z0-9-]{0,30}$/;

/** What ctr keeps beside the run folders; earlier versions also kept sandboxes there. */
const ownFiles = ['lock', '.ended', '.cni', '.sandboxes'];

function isRun(path: string, entry: Dirent, locked: boolean): boolean {
  if (!entry.isDirectory() || !runName.test(entry.name)) return false;
  const run = `${path}/${entry.name}`;
  if (existsSync(`${run}/lock`) || existsSync(`${run}/state`)) return true;
  try {
    // An empty folder is a run that is just starting, or whose ctr was killed at that point.
    return locked && readdirSync(run).length === 0;
  } catch {
    return true;
  }
}

function complaint(path: string): Text | undefined {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return { en: 'is a symbolic link', zh: '是符号链接' };
  if (!stat.isDirectory()) return { en: 'is not a directory', zh: '不是目录' };
  if (stat.uid !== (process.geteuid?.() ?? 0)) {
    return { en: 'belongs to another user', zh: '属于别的用户' };
  }
  if ((stat.mode & 0o022) !== 0) {
    return { en: 'is writable by others', zh: '别人也可以写' };
  }
  const entries = readdirSync(path, { withFileTypes: true });
  const locked = entries.some(({ name }) => ownFiles.includes(name));
  const strange = entries.find(
    (entry) => !ownFiles.includes(entry.name) && !isRun(path, entry, locked),
  );
  if (strange === undefined) return undefined;
  return {
    en: `contains ${strange.name}, which ctr did not create`,
    zh: `里有 ${strange.name}，那不是 ctr 创建的`,
  };
}

/**
 * Refuses a state directory that is not ctr's and this user's: ctr trusts its contents, and deletes them.
 * @throws CtrError when it is not; an error of lstat(2) when it does not exist.
 */
export function refuseForeign(path: string): void {
  const why = complaint(path);
  if (why === undefined) return;
  throw new CtrError(
    'state-not-ours',
    exitCodes.notReady,
    { en: `the state directory ${path} ${why.en}`, zh: `状态目录 ${path} ${why.zh}` },
    {
      try: [
        {
          en: 'give an empty directory of your own with --state-dir, or leave --state-dir out',
          zh: '用 --state-dir 指定一个属于你的空目录，或者不写 --state-dir',
        },
      ],
    },
  );
}
