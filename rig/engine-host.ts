import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createRootfs } from './create-rootfs.ts';
import { type PrivateHost, privateHost } from './private-host.ts';
import type { Ran } from './sh.ts';
import { until } from './until.ts';

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

const controllers = ['cpu', 'cpuacct', 'cpuset', 'memory', 'devices', 'freezer', 'blkio', 'pids'];

/** Mounts the control groups anew below a folder: those of version 1, or else cgroup2 (cgroups(7)). */
const mountCgroups = (folder: string): string => `
mkdir -p ${folder}
mount -t tmpfs none ${folder}
for c in ${controllers.join(' ')}; do
  mkdir ${folder}/$c
  mount -t cgroup -o $c none ${folder}/$c 2>/dev/null || rmdir ${folder}/$c
done
[ -n "$(ls ${folder})" ] || { umount ${folder}; mount -t cgroup2 none ${folder}; }`;

export interface Containerd {
  /** Ends it, and removes its control groups. */
  end(): Promise<void>;
  /** `kill -9`, of containerd alone: its shims and what they look after go on. */
  kill(): Promise<void>;
  /** Starts it again, after it was killed. */
  start(): Promise<void>;
}

/**
 * Starts containerd in control groups of its own, which it takes for the whole tree.
 * @param name of the control group on this machine.
 */
export async function startContainerd(
  { host, line }: EngineHost,
  name: string,
): Promise<Containerd> {
  const own = '/run/own-cgroups';
  await host.hand(
    'umount /sys/fs/cgroup',
    mountCgroups(own),
    `cat >/run/containerd.sh <<'END'
set -e
for c in ${own}/*/; do
  mkdir -p $c/${name}
  [ ! -e $c/cpuset.cpus ] || { cat $c/cpuset.cpus >$c/${name}/cpuset.cpus; cat $c/cpuset.mems >$c/${name}/cpuset.mems; }
  echo $$ >$c/${name}/cgroup.procs
done
exec unshare --cgroup sh -ec '[ -e /run/containerd.cgroups ] || {
${mountCgroups('/sys/fs/cgroup')}
}
>/run/containerd.cgroups
exec containerd --config /etc/containerd/config.toml >/run/containerd.log 2>&1'
END`,
  );
  const start = async () => {
    await line(
      'setsid sh /run/containerd.sh </dev/null >/run/containerd.start 2>&1 & echo $! >/run/containerd.pid',
    );
    await until(async () => (await line('ctr version')).code === 0);
  };
  await start();
  const kill = async () => {
    await line(
      'kill -9 $(cat /run/containerd.pid); while kill -0 $(cat /run/containerd.pid) 2>/dev/null; do sleep 0.05; done',
    );
  };
  const end = async () => {
    await line(`kill $(cat /run/containerd.pid); sleep 1
for c in ${own}/*/; do
  for p in $(cat $(find $c/${name} -name cgroup.procs) 2>/dev/null); do kill -9 $p; done
done
sleep 1
find ${own}/*/${name} -depth -type d -exec rmdir {} +`);
  };
  return { end, kill, start };
}
