import { callCri, fieldOf, type Message } from './cri.ts';
import { type Containerd, type EngineHost, engineHost, startContainerd } from './engine-host.ts';

/** What the sandbox host cannot do, and paths of its own. */
const settings = `
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  disable_apparmor = true
  restrict_oom_score_adj = true
`;

/** Runs a line of shell in a container. @returns what it prints; if nothing, what it prints on its standard error. */
export type Inside = (line: string) => Promise<string>;

/** A private host with containerd, to be asked as a kubelet or a user asks it. */
export interface ContainerdHost {
  readonly engine: EngineHost;
  readonly containerd: Containerd;
  /** Calls a method of CRI. @throws with gRPC's message. */
  cri(method: string, request: Message): Promise<Buffer>;
  /** Starts a container in a pod, from the only image that is there. */
  startIn(pod: string, config: Message, name: string, command: string): Promise<Inside>;
  /** Enters a container of the namespace of containerd's that is named. */
  inside(namespace: string, container: string): Promise<Inside>;
  stop(pod: string): Promise<void>;
}

/** The configuration of a pod. @param more further fields of it. */
export function podConfig(name: string, more: Message = {}): Message {
  return { 1: { 1: name, 2: `${name}-uid`, 3: 'default' }, 2: name, 4: {}, 8: {}, ...more };
}

const path = '/bin:/sbin:/usr/bin:/usr/sbin';

/**
 * Starts containerd with the configuration of examples/cni/containerd and an image for pods.
 * @param folder for the root file system.
 * @param name of the control group on this machine.
 * @param network the configuration of its network, a file.
 */
export async function containerdHost(
  folder: string,
  name: string,
  network = `${process.cwd()}/examples/cni/containerd/10-ctr.conflist`,
): Promise<ContainerdHost> {
  const engine = await engineHost(folder);
  const { host, line } = engine;
  await host.hand(
    'mkdir -p /etc/containerd',
    `{ cat ${process.cwd()}/examples/cni/containerd/config.toml; cat <<'END'\n${settings}\nEND\n} >/etc/containerd/config.toml`,
    `cp ${network} /etc/cni/net.d/`,
    'cp /usr/lib/cni/loopback /opt/cni/bin/',
    `sh ${process.cwd()}/rig/oci-archive.sh ${engine.rootfs} localhost/pause:1 /run/pause.tar`,
  );
  const containerd = await startContainerd(engine, name);
  const imported = await line('ctr -n k8s.io images import /run/pause.tar');
  if (imported.code !== 0) throw new Error(imported.err);
  // containerd's socket is a path of the private host, so its process's root leads there.
  const socket = `/proc/${host.enter[2]}/root/run/containerd/containerd.sock`;
  const cri = async (method: string, request: Message) => await callCri(socket, method, request);
  const inside = async (namespace: string, container: string): Promise<Inside> => {
    // Not by ExecSync: runc looks for a control group of systemd, which the sandbox host has not.
    const tasks = (await line(`ctr -n ${namespace} tasks ls`)).out.split('\n');
    const [, pid = ''] =
      tasks.map((one) => one.split(/\s+/)).find(([id]) => id === container) ?? [];
    const enter = ['nsenter', '--target', pid, '--mount', '--net', '--root', '--wd=/'];
    return async (text) => {
      const { out, err } = await host.run(...enter, '/bin/sh', '-c', `PATH=${path}; ${text}`);
      return out.trim() || err;
    };
  };
  return {
    ...{ engine, containerd, cri, inside },
    async startIn(pod, config, container, command) {
      const made = fieldOf(
        await cri('CreateContainer', {
          1: pod,
          2: {
            1: { 1: container },
            2: { 1: 'localhost/pause:1' },
            3: ['/bin/sh', '-c', `PATH=${path}; ${command}`],
            15: {},
          },
          3: config,
        }),
        1,
      );
      await cri('StartContainer', { 1: String(made) });
      return await inside('k8s.io', String(made));
    },
    async stop(pod) {
      await cri('StopPodSandbox', { 1: pod });
      await cri('RemovePodSandbox', { 1: pod });
    },
  };
}
