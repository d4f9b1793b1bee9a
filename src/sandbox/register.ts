import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { isAlive, startTimeOf } from '../engine/processes.ts';
import { refuseForeign } from '../engine/refuse-foreign.ts';

/** A sandbox host that stays for a detached run: its first process, as this machine sees it. */
export interface StayingSandbox {
  readonly name: string;
  readonly pid: number;
}

/** @throws CtrError when the state directory is there and is a link or somebody else's. */
function directoryOf(stateDir: string): string {
  // What is in it is entered as it says.
  if (lstatSync(stateDir, { throwIfNoEntry: false }) !== undefined) refuseForeign(stateDir);
  // The dot keeps it out of the names a run may have.
  return `${stateDir}/.sandboxes`;
}

/** The open register: the sandbox holds the descriptor too, and strikes itself out when it ends. */
export function rememberSandbox(stateDir: string): {
  readonly descriptor: number;
  write(name: string, pid: number): void;
  close(): void;
} {
  const path = directoryOf(stateDir);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const descriptor = openSync(
    path,
    constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW,
  );
  return {
    descriptor,
    write(name, pid) {
      const start = startTimeOf(pid) ?? '';
      writeFileSync(`${path}/${name}`, JSON.stringify({ pid, start }), { mode: 0o600 });
    },
    close: () => closeSync(descriptor),
  };
}

export function forgetSandbox(stateDir: string, name: string): void {
  rmSync(`${directoryOf(stateDir)}/${name}`, { force: true });
}

function entry(stateDir: string, name: string): StayingSandbox | undefined {
  try {
    const text = readFileSync(`${directoryOf(stateDir)}/${name}`, 'utf8');
    const { pid, start } = JSON.parse(text) as { readonly pid?: unknown; readonly start?: unknown };
    const sound = typeof pid === 'number' && pid > 1 && typeof start === 'string';
    if (sound && isAlive(pid, start)) return { name, pid };
  } catch {
    // Not there, or not ours: as good as none.
  }
  return undefined;
}

/** The sandboxes of this user that are still there. */
export function stayingSandboxes(stateDir: string): readonly StayingSandbox[] {
  const path = directoryOf(stateDir);
  try {
    return readdirSync(path)
      .filter((name) => /^[a-z][a-z0-9-]{0,30}$/.test(name))
      .flatMap((name) => {
        const found = entry(stateDir, name);
        if (found === undefined) forgetSandbox(stateDir, name);
        return found ?? [];
      });
  } catch {
    return [];
  }
}
