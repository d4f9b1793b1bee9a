import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { findTool } from '../facts/tools.ts';
import type { Maker } from './maker.ts';
import { missingTools } from './missing-tool.ts';
import { runTool } from './run.ts';

const tenMinutes = 10 * 60_000;

/** Adds the registry transport to a bare name, as in `docker pull` (containers-transports(5)). */
export function transportOf(reference: string): string {
  return /^(docker|docker-archive|docker-daemon|oci|oci-archive|dir|containers-storage):/.test(
    reference,
  )
    ? reference
    : `docker://${reference}`;
}

/** @throws CtrError with exit code 4 when a tool that `oci` needs is not on the search path. */
export function requireOciTools(searchPath: string): void {
  const [missing, ...others] = ['skopeo', 'umoci'].filter(
    (tool) => findTool(tool, searchPath) === null,
  );
  if (missing !== undefined) throw missingTools([missing, ...others]);
}

/** skopeo(1) fetches, umoci(1) unpacks. */
export const oci: Maker = async (context, directory, reference) => {
  const work = mkdtempSync(`${directory}-oci-`);
  const asRoot = (process.geteuid?.() ?? 0) === 0;
  try {
    await runTool(
      context,
      ['skopeo', 'copy', '--quiet', transportOf(reference), `oci:${work}/image:latest`],
      'skopeo',
      tenMinutes,
    );
    await runTool(
      context,
      [
        ...['umoci', 'unpack', ...(asRoot ? [] : ['--rootless'])],
        ...['--image', `${work}/image:latest`, `${directory}/bundle`],
      ],
      'umoci',
      tenMinutes,
    );
    const rootfs = `${directory}/bundle/rootfs`;
    for (const name of readdirSync(rootfs)) {
      renameSync(`${rootfs}/${name}`, `${directory}/${name === 'bundle' ? '.bundle' : name}`);
    }
    rmSync(`${directory}/bundle`, { recursive: true });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};
