import { type Contestant, rootfsPath, scriptsPath, sleeper } from './contestants.ts';

const podman: Contestant = {
  id: 'podman',
  title: 'podman run --rm',
  host: 'podman',
  needs: { podman: 'podman', crun: 'crun' },
  prepare: [`${scriptsPath}/podman.sh`, 'prepare', rootfsPath],
  versions: {
    podman: ['podman', '--version'],
    netavark: ['/usr/lib/podman/netavark', '--version'],
  },
  translates: true,
  cold: (command) => ['podman', 'run', '--rm', 'localhost/bench', ...command],
  warm: {
    keep: [`${scriptsPath}/podman.sh`, 'up', '1', ...sleeper],
    run: (command) => ['podman', 'run', '--rm', 'localhost/bench', ...command],
    drop: [`${scriptsPath}/podman.sh`, 'down'],
  },
  many: {
    title: 'podman run -d',
    up: (count) => [`${scriptsPath}/podman.sh`, 'up', String(count), ...sleeper],
    down: () => [`${scriptsPath}/podman.sh`, 'down'],
  },
};

const docker: Contestant = {
  id: 'docker',
  title: 'docker run --rm',
  host: 'docker',
  needs: { dockerd: 'docker.io', docker: 'docker.io', containerd: 'docker.io' },
  prepare: [`${scriptsPath}/docker.sh`, 'prepare', rootfsPath],
  daemons: [`${scriptsPath}/docker.sh`, 'daemons'],
  versions: { docker: ['docker', '--version'], runc: ['runc', '--version'] },
  translates: true,
  absent: { cold: 'its bridge stays for as long as the daemon runs' },
  warm: { run: (command) => ['docker', 'run', '--rm', 'bench', ...command] },
  many: {
    title: 'docker run -d',
    up: (count) => [`${scriptsPath}/docker.sh`, 'up', String(count), ...sleeper],
    down: () => [`${scriptsPath}/docker.sh`, 'down'],
  },
};

const cni: Contestant = {
  id: 'cni',
  title: 'CNI bridge plugin + crun',
  host: 'cni',
  needs: { '/usr/lib/cni/bridge': 'containernetworking-plugins', crun: 'crun' },
  prepare: [`${scriptsPath}/cni.sh`, 'prepare', rootfsPath, process.execPath],
  versions: {
    'CNI plugins': ['dpkg-query', '--show', 'containernetworking-plugins'],
    crun: ['crun', '--version'],
  },
  translates: true,
  absent: { cold: 'the plugin never removes its bridge' },
  warm: { run: (command) => [`${scriptsPath}/cni.sh`, 'run', ...command] },
  many: {
    up: (count) => [`${scriptsPath}/cni.sh`, 'up', String(count), ...sleeper],
    down: (count) => [`${scriptsPath}/cni.sh`, 'down', String(count)],
  },
};

const lxc: Contestant = {
  id: 'lxc',
  title: 'lxc-execute + shell NAT',
  host: 'lxc',
  needs: { 'lxc-execute': 'lxc' },
  prepare: [`${scriptsPath}/lxc.sh`, 'prepare', rootfsPath],
  versions: { lxc: ['lxc-execute', '--version'] },
  translates: true,
  absent: { many: 'one name a container: its script knows two' },
  cold: (command) => [`${scriptsPath}/lxc.sh`, 'run', ...command],
  warm: {
    keep: [`${scriptsPath}/lxc.sh`, 'keep', ...sleeper],
    run: (command) => [`${scriptsPath}/lxc.sh`, 'run', ...command],
    drop: [`${scriptsPath}/lxc.sh`, 'drop'],
  },
};

const nspawn: Contestant = {
  id: 'nspawn',
  title: 'systemd-nspawn + shell NAT',
  host: 'nspawn',
  needs: { 'systemd-nspawn': 'systemd-container' },
  prepare: [`${scriptsPath}/nspawn.sh`, 'prepare'],
  versions: { 'systemd-nspawn': ['systemd-nspawn', '--version'] },
  translates: true,
  absent: { many: 'it does not say when a container is there' },
  cold: (command) => [`${scriptsPath}/nspawn.sh`, 'run', rootfsPath, ...command],
  warm: {
    keep: [`${scriptsPath}/nspawn.sh`, 'keep', rootfsPath, ...sleeper],
    run: (command) => [`${scriptsPath}/nspawn.sh`, 'run', rootfsPath, ...command],
    drop: [`${scriptsPath}/nspawn.sh`, 'drop'],
  },
};

const mininet: Contestant = {
  id: 'mininet',
  title: 'mininet single,N',
  host: 'mininet',
  needs: { mn: 'mininet', brctl: 'bridge-utils', ifconfig: 'net-tools' },
  versions: { mininet: ['mn', '--version'] },
  translates: false,
  absent: { warm: 'a network of its own each time' },
  cold: (command) => [`${scriptsPath}/mininet-single.py`, 'run', ...command],
  many: {
    up: (count) => [`${scriptsPath}/mininet.sh`, 'up', String(count)],
    down: () => [`${scriptsPath}/mininet.sh`, 'down'],
  },
};

export const peers: readonly Contestant[] = [podman, docker, cni, lxc, nspawn, mininet];

/** The Debian packages of all contestants. */
export const peerPackages: readonly string[] = [
  ...['podman', 'netavark', 'docker.io', 'containernetworking-plugins', 'crun', 'lxc'],
  ...['systemd-container', 'mininet', 'bridge-utils', 'net-tools', 'iperf3', 'strace'],
];
