import type { Examination } from './examination.ts';
import type { Finding, Fix } from './finding.ts';
import type { Host } from './host.ts';

/** What a setting costs that lets ordinary users make user namespaces. */
const weakens = {
  en: 'until the next reboot; weakens a protection of the whole machine',
  zh: '重启前有效；会减弱整台机器的一项保护',
};
const untilReboot = { en: 'until the next reboot', zh: '重启前有效' };

async function refused(host: Host, said: string): Promise<Finding> {
  const { kind, means, try: ways } = await host.refusal(said);
  const ofUsers = kind?.option === '--user';
  const asSudo: readonly Fix[] =
    host.asRoot || (ways.length > 0 && !ofUsers)
      ? []
      : [
          {
            command: 'sudo ctr sandbox',
            costs: {
              en: 'needs root; the sandbox has a network of its own, this machine stays untouched',
              zh: '需要 root；沙盒有自己的网络，这台机器不受影响',
            },
          },
        ];
  const whom = host.asRoot ? { en: '', zh: '' } : { en: ' for ordinary users', zh: '普通用户' };
  return {
    id: kind === undefined ? 'sandbox-failed' : 'sandbox-refused',
    severity: 'problem',
    says:
      kind === undefined
        ? { en: 'a sandbox host cannot be set up', zh: '无法搭建沙盒主机' }
        : {
            en: `no sandbox host: this machine does not allow ${kind.en} namespaces${whom.en}`,
            zh: `无法创建沙盒主机：这台机器不允许${whom.zh}创建${kind.zh}命名空间 (${kind.en} namespace)`,
          },
    said,
    means,
    fixes: [
      ...asSudo,
      ...ways.map((command) => ({ command, costs: ofUsers ? weakens : untilReboot })),
    ],
    blocks: ['sandbox'],
  };
}

export const sandbox: Examination = {
  area: 'sandbox',
  title: { en: 'sandbox', zh: '沙盒' },
  async examine(host) {
    const trial = await host.trial;
    if (trial.made) {
      return [
        {
          id: 'sandbox',
          severity: 'ok',
          says: host.asRoot
            ? { en: 'a sandbox host can be made', zh: '可以创建沙盒主机' }
            : {
                en: 'you can make a sandbox host, without root',
                zh: '不用 root 就可以创建沙盒主机',
              },
        },
      ];
    }
    // The tools are told in a part of their own.
    if (trial.missing) return [];
    return [await refused(host, trial.said)];
  },
};
