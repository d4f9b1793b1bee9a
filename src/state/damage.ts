import { readSysctls } from '../facts/sysctls.ts';
import { CtrError, exitCodes, type Problem } from '../model/errors.ts';
import type { Damage } from './record.ts';

/** The error for a record that a later ctr wrote, whose format this one does not know. */
export function newerRecord(name: string): CtrError {
  return new CtrError('newer-record', exitCodes.notReady, {
    en: `a newer version of ctr started run ${name}, and only that version can read its record`,
    zh: `运行实例 ${name} 由更新版本的 ctr 启动，只有那个版本能读取它的记录`,
  });
}

export function unreadableRecord(name: string, damage: Damage): CtrError {
  if (damage === 'newer') return newerRecord(name);
  return new CtrError(
    'damaged-record',
    exitCodes.notReady,
    { en: `the record of run ${name} is damaged`, zh: `运行实例 ${name} 的记录已损坏` },
    { try: [`ctr down ${name}`] },
  );
}

/**
 * Commands that switch forwarding off on single interfaces that have it on. A sysctl carries no mark that says who set
 * it.
 */
function switchedOn(): readonly string[] {
  const values = readSysctls();
  if (values['net/ipv4/ip_forward'] === '1') return [];
  return Object.entries(values).flatMap(([key, value]) =>
    /^net\/ipv4\/conf\/(?!all\/|default\/).*\/forwarding$/.test(key) && value === '1'
      ? `sysctl -qw ${key}=0`
      : [],
  );
}

/** The warning after ctr undid a run without its record. */
export function byMarksAlone(name: string): Problem {
  const switches = switchedOn().join('; ');
  return {
    code: 'W107',
    place: name,
    message: {
      en: 'the record of this run was lost: ctr removed everything that carries its mark',
      zh: '这个运行实例的记录已丢失：ctr 删除了所有带有它的标记的东西',
    },
    ...(switches === ''
      ? {}
      : {
          fix: {
            en: `a forwarding switch carries no mark; if forwarding was off before: ${switches}`,
            zh: `转发开关没有标记；如果转发之前是关闭的：${switches}`,
          },
        }),
  };
}

/** The warning after ctr recovered a run whose ctr had died. */
export function recoveredRun({ name, changes }: RecoveredRun): Problem {
  const count = changes === 1 ? '1 change' : `${changes} changes`;
  return {
    code: 'W108',
    place: name,
    message: {
      en: `the ctr process of this run had died; ctr undid ${count}`,
      zh: `这个运行实例的 ctr 进程已异常终止：现已撤销 ${changes} 处改动`,
    },
  };
}

/** A run whose ctr had died, and the number of its changes that were undone. */
export interface RecoveredRun {
  readonly name: string;
  readonly changes: number;
}
