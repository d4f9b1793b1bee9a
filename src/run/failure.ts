import { holderOfFile } from '../exec/processes.ts';
import { CtrError, type Details, exitCodes } from '../model/errors.ts';
import type { Failure, Undone } from '../model/events.ts';
import type { Plan } from '../model/plan.ts';
import type { Text } from '../model/text.ts';

/** The meaning of error messages of tools, where ctr knows the cause. */
const causes: readonly { readonly said: RegExp; readonly means: Text }[] = [
  {
    said: /Nexthop has invalid gateway/,
    means: {
      en: "the gateway is not inside the container's subnet",
      zh: '网关不在容器的子网里',
    },
  },
  {
    said: /File exists/,
    means: {
      en: 'something with this name existed before, and ctr did not create it',
      zh: '同名的对象之前就存在，不是 ctr 创建的',
    },
  },
  {
    said: /RULE_APPEND failed|No chain\/target\/match by that name|missing kernel module/,
    means: {
      en: 'iptables works, but the kernel lacks the target or match that the rule uses',
      zh: 'iptables 可用，但内核缺少规则所用的目标或匹配模块',
    },
  },
  {
    said: /Operation not permitted|Permission denied/,
    means: {
      en: 'the kernel forbids this even to root: ctr runs in a container, or a security module forbids it',
      zh: '内核对 root 也不允许这样做：ctr 运行在容器里，或者被安全模块禁止',
    },
  },
  {
    said: /unshare failed: No space left on device/,
    means: {
      en: 'the limit on namespaces is reached: one of user.max_*_namespaces (namespaces(7))',
      zh: '命名空间数量已达上限：某个 user.max_*_namespaces（namespaces(7)）',
    },
  },
  {
    said: /No space left on device/,
    means: { en: 'the kernel or a file system is full', zh: '内核资源或文件系统已满' },
  },
];

/** Message of iptables(8) when it could not get the xtables lock within its `-w` seconds. */
export const firewallBusy = /xtables lock/;

function firewallHeld(): Text {
  const holder = holderOfFile('/run/xtables.lock');
  const who = holder === undefined ? undefined : `${holder.pid} (${holder.command})`;
  return {
    en: `${who === undefined ? 'another program' : `process ${who}`} holds the firewall lock /run/xtables.lock and did not release it in time`,
    zh: `${who === undefined ? '另一个程序' : `进程 ${who}`}持有防火墙锁 /run/xtables.lock，没有及时释放`,
  };
}

function meaningOf(said: string): Text | undefined {
  if (firewallBusy.test(said)) return firewallHeld();
  return causes.find((cause) => cause.said.test(said))?.means;
}

function howItEnded(failure: Failure): Text {
  if (failure.missing) return { en: 'not installed', zh: '没有安装' };
  if (failure.timedOut) return { en: 'timed out', zh: '超时' };
  if (failure.signal !== undefined) return { en: failure.signal, zh: failure.signal };
  return { en: `exit ${failure.exitCode ?? '?'}`, zh: `退出码 ${failure.exitCode ?? '?'}` };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** The details of an error that lists what is left, with the command that removes it. */
export function leftDetails(
  left: readonly Undone[],
  remedy: string,
): Pick<Details, 'left' | 'unread' | 'means' | 'try'> {
  return {
    left: left.map((one) => one.line),
    ...(left.some((one) => one.unread)
      ? {
          unread: true,
          means: {
            en: 'ctr could not read the state of the network: what these commands undo may be gone already',
            zh: 'ctr 无法读取网络状态：下列命令要撤销的改动，有些可能已不存在',
          },
        }
      : {}),
    try: [remedy],
  };
}

/** The error of a failed step, with what was undone and, as far as known, what is left. */
export function stepFailed(
  plan: Plan,
  failure: Failure | undefined,
  undone: readonly Undone[],
  left: readonly Undone[],
): CtrError {
  const done = undone.filter((one) => one.result === 'done').length;
  const means = meaningOf(failure?.said ?? '');
  const ended = failure === undefined ? { en: '', zh: '' } : howItEnded(failure);
  return new CtrError(
    'step-failed',
    left.length > 0 ? exitCodes.left : exitCodes.undone,
    failure === undefined
      ? { en: `${plan.name} did not come up`, zh: `${plan.name} 没有启动成功` }
      : {
          en: `cannot ${lowerFirst(failure.title.en)} (${ended.en})`,
          zh: `无法完成：${failure.title.zh}（${ended.zh}）`,
        },
    {
      ...(failure === undefined
        ? {}
        : {
            step: `${failure.id} ${failure.of} (${failure.step + 1}/${plan.steps.length})`,
            ran: failure.line,
            said: failure.said,
          }),
      ...(means === undefined ? {} : { means }),
      ...(left.length > 0
        ? leftDetails(left, `ctr down ${plan.name}`)
        : {
            undone: {
              en:
                done === 0 ? 'there was nothing to undo' : `${done} changes; the host is as it was`,
              zh: done === 0 ? '没有需要撤销的改动' : `${done} 处改动；主机已恢复原样`,
            },
          }),
    },
  );
}
