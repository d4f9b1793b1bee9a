import { CtrError, exitCodes, type Problem } from '../errors.ts';
import { readSysctls } from '../facts/sysctls.ts';
import type { RecoveredRun } from './recover.ts';
import type { Damage } from './state-file.ts';

/** A record that a later ctr wrote says things that this one does not understand. */
export function newerRecord(name: string): CtrError {
  return new CtrError('newer-record', exitCodes.notReady, {
    en: `run ${name} was brought up by a newer ctr, and only that one can read its record`,
    zh: `运行 ${name} 由更新版本的 ctr 启动，只有那个版本能读它的记录`,
  });
}

export function unreadableRecord(name: string, damage: Damage): CtrError {
  if (damage === 'newer') return newerRecord(name);
  return new CtrError(
    'damaged-record',
    exitCodes.notReady,
    { en: `the record of run ${name} is damaged`, zh: `运行 ${name} 的记录已损坏` },
    { try: [`ctr down ${name}`] },
  );
}

/** Forwarding that is on for single interfaces: a switch bears no mark that would tell who set it. */
function switchedOn(): readonly string[] {
  const values = readSysctls();
  if (values['net/ipv4/ip_forward'] === '1') return [];
  return Object.entries(values).flatMap(([key, value]) =>
    /^net\/ipv4\/conf\/(?!all\/|default\/).*\/forwarding$/.test(key) && value === '1'
      ? `sysctl -qw ${key}=0`
      : [],
  );
}

/** What is to be said when a run was taken back without its record. */
export function byMarksAlone(name: string): Problem {
  const switches = switchedOn().join('; ');
  return {
    code: 'W107',
    place: name,
    message: {
      en: 'its record was lost: what bears the mark of ctr was removed',
      zh: '它的记录丢失了：已移除带有 ctr 标记的东西',
    },
    ...(switches === ''
      ? {}
      : {
          fix: {
            en: `a switch bears no mark; if forwarding was off before: ${switches}`,
            zh: `开关没有标记；如果转发之前是关着的：${switches}`,
          },
        }),
  };
}

/** What is said of a run whose ctr had died, once its changes are undone. */
export function recoveredRun({ name, changes }: RecoveredRun): Problem {
  const count = changes === 1 ? '1 change' : `${changes} changes`;
  return {
    code: 'W108',
    place: name,
    message: {
      en: `its ctr had died: ${count} undone`,
      zh: `它的 ctr 已经死掉：撤销了 ${changes} 处改动`,
    },
  };
}
