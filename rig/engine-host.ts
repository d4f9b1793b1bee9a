import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createRootfs } from './create-rootfs.ts';
import { type PrivateHost, privateHost } from './private-host.ts';
import type { Ran } from './sh.ts';

/** Where scripts/engines.sh has unpacked Debian's packages. */
const engines = join(process.cwd(), 'node_modules/.cache/ctr/engines/root');

export interface EngineHost {
  readonly host: PrivateHost;
  /** A root file system with busybox. */
  readonly rootfs: string;
  /** Runs a line of shell there, with the engines' programs in the PATH. */
  line(text: string): Promise<Ran>;
  /** A command prefix for programs of the engines. */
  readonly enter: readonly string[];
}

/**
 * A private host for engines: /etc, /opt and /var/lib are its own, so configurations stand where the engines look, and
 * the plugin is installed as a user would do it.
 * @param folder for the root file system.
 */
export async function engineHost(folder: string): Promise<EngineHost> {
  if (!existsSync(engines))
    throw new Error('first: scripts/engines.sh node_modules/.cache/ctr/engines');
  const host = await privateHost();
  const rootfs = join(folder, 'labex');
  await createRootfs(rootfs);
  await host.hand(
    'cp -a /etc /run/etc',
    'mount --bind /run/etc /etc',
    'mkdir -p /run/opt',
    'mount --bind /run/opt /opt',
    'mount -t tmpfs none /var/lib',
    // crun asks what is mounted there, also when it makes no cgroup.
    'mount -t tmpfs none /sys/fs/cgroup',
    'ip netns add first',
    'ip netns del first',
  );
  const installed = await host.ctr('cni', 'install');
  if (installed.code !== 0) throw new Error(installed.err);
  const path = `${engines}/usr/bin:${engines}/usr/sbin:/usr/sbin:/usr/bin:/sbin:/bin`;
  const libraries = `${engines}/usr/lib/x86_64-linux-gnu`;
  const enter = [...host.enter, 'env', `PATH=${path}`, `LD_LIBRARY_PATH=${libraries}`];
  return {
    host,
    rootfs,
    enter,
    line: async (text) =>
      await host.run('env', `PATH=${path}`, `LD_LIBRARY_PATH=${libraries}`, 'sh', '-c', text),
  };
}

/** podman's settings for a host without systemd, from the unpacked packages. */
export const podmanSettings = `
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "crun"
conmon_path = ["${engines}/usr/bin/conmon"]
[engine.runtimes]
crun = ["${engines}/usr/bin/crun"]
[containers]
log_driver = "k8s-file"
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
seccomp_profile = "${engines}/usr/share/containers/seccomp.json"
`;
