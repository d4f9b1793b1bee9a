import { closeSync, readdirSync, readFileSync } from 'node:fs';

/** open(2): the descriptor is closed when another program is started. */
const closeOnExec = 0o2000000;

/**
 * Closes what the caller left open beyond standard input, output and error: a container would
 * inherit it. Node's own descriptors all close when a program is started, and stay.
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
      // It was the one that read the list.
    }
  }
}
