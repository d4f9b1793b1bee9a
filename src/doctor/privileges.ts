import { readFileSync } from 'node:fs';
import { readMissingCapabilities } from '../facts/privilege.ts';
import { findTool } from '../facts/tools.ts';
import { install } from './distribution.ts';
import type { Examination } from './examination.ts';
import type { Finding } from './finding.ts';
import type { Host } from './host.ts';

/** Groups whose members sudo(8) usually lets become root. */
const sudoers = ['sudo', 'wheel', 'admin'];

/** The names of this process's groups (group(5)). */
function groupNames(): readonly string[] {
  const ids = new Set(process.getgroups?.() ?? []);
  try {
    return readFileSync('/etc/group', 'utf8')
      .split('\n')
      .flatMap((line) => {
        const [name = '', , id] = line.split(':');
        return id !== undefined && id !== '' && ids.has(Number(id)) ? name : [];
      });
  } catch {
    return [];
  }
}

/** Whether this process and its children can gain no privileges, by sudo or otherwise (PR_SET_NO_NEW_PRIVS(2const)). */
function mayGainNone(): boolean {
  try {
    return /^NoNewPrivs:\s*1$/m.test(readFileSync('/proc/self/status', 'utf8'));
  } catch {
    return false;
  }
}

function asRoot(): Finding {
  const missing = readMissingCapabilities();
  if (missing.length === 0) {
    return {
      id: 'root',
      severity: 'ok',
      says: {
        en: 'you are root here, with all capabilities that ctr needs',
        zh: '你是 root，具备 ctr 需要的全部权限 (capabilities)',
      },
    };
  }
  const granted = missing.map((name) => `--cap-add ${name.replace('CAP_', '')}`).join(' ');
  return {
    id: 'capabilities-missing',
    severity: 'problem',
    says: {
      en: `root lacks ${missing.join(', ')} here (capabilities(7))`,
      zh: `这里的 root 没有 ${missing.join('、')} (capabilities(7))`,
    },
    means: {
      en: 'ctr runs in a container, in a user namespace (lsns -t user), or in a unit with CapabilityBoundingSet=',
      zh: 'ctr 运行在容器里、用户命名空间里 (lsns -t user)，或者设置了 CapabilityBoundingSet= 的 systemd 单元里',
    },
    fixes: [
      {
        command: `docker run ${granted} …`,
        costs: {
          en: 'if this is a container: it can then change more',
          zh: '如果这里是容器：它能改动的东西会变多',
        },
      },
    ],
    blocks: ['root'],
  };
}

function throughSudo(host: Host): Finding {
  const groups = groupNames().filter((name) => sudoers.includes(name));
  if (mayGainNone()) {
    return {
      id: 'no-new-privileges',
      severity: 'note',
      says: {
        en: 'sudo cannot work here: this shell may gain no privileges (no_new_privs)',
        zh: '这里无法使用 sudo：这个 shell 不能获得更多权限 (no_new_privs)',
      },
      fixes: [
        {
          command: 'grep NoNewPrivs /proc/$PPID/status',
          costs: {
            en: 'finds the parent that has set it; use a shell that was not started by it',
            zh: '用来找出设置它的父进程；请换一个不由它启动的 shell',
          },
        },
      ],
      blocks: ['root'],
    };
  }
  const { PATH = '' } = host.context.environment;
  if ((findTool('sudo') ?? findTool('sudo', PATH)) === null) {
    return {
      id: 'sudo-missing',
      severity: 'note',
      says: {
        en: 'you are not root, and there is no sudo',
        zh: '你不是 root，也没有 sudo',
      },
      fixes: [
        {
          command: "su -c 'ctr doctor'",
          costs: { en: "needs root's password", zh: '需要 root 的密码' },
        },
        { command: install(host.distribution, ['sudo']).replace(/^sudo /, '') },
      ],
      blocks: ['root'],
    };
  }
  return {
    id: 'sudo',
    severity: 'ok',
    says:
      groups.length > 0
        ? {
            en: `sudo is installed, and you are in the group ${groups.join(', ')}`,
            zh: `已安装 sudo，你在用户组 ${groups.join('、')} 里`,
          }
        : {
            en: 'sudo is installed; sudo -l shows whether you may use it',
            zh: '已安装 sudo；用 sudo -l 查看你能否使用',
          },
  };
}

export const privileges: Examination = {
  area: 'root',
  title: { en: 'root', zh: 'root' },
  examine: (host) => [host.asRoot ? asRoot() : throughSudo(host)],
};
