import { closeSync, readdirSync, readFileSync } from 'node:fs';

/** O_CLOEXEC of open(2), in /proc/self/fdinfo: the descriptor is closed on execve(2). */
const closeOnExec = 0o2000000;

/**
 * Closes inherited descriptors except standard input, output and error, since a container would inherit them. Node's
 * own descriptors have close-on-exec set, and stay open.
 */
export function closeInherited(): void {
  let open: readonly string[];
  try {
    open = readdirSync('/proc/self/fdinfo');
  } catch {
    return;
  }
  for (const descriptor of open.map(Number)) {
    if (descriptor < 3) continue;
    try {
      const info = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8');
      const flags = Number.parseInt(/^flags:\s*(\d+)/m.exec(info)?.[1] ?? '', 8);
      if ((flags & closeOnExec) === 0) closeSync(descriptor);
    } catch {
      // The descriptor of the directory listing itself, already closed.
    }
  }
}
