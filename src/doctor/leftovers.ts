import type { Examination } from './examination.ts';
import type { Finding } from './finding.ts';
import type { Host } from './host.ts';

function dead(names: readonly string[]): Finding {
  return {
    id: 'dead-runs',
    severity: 'problem',
    says: {
      en: `runs that died and were not undone: ${names.join(', ')}`,
      zh: `异常终止、还没有撤销的运行实例：${names.join('、')}`,
    },
    fixes: [
      { command: 'ctr gc', costs: { en: 'undoes them', zh: '撤销它们的改动' } },
      {
        command: 'ctr gc --dry-run',
        costs: { en: 'only shows what it would do', zh: '只显示会做什么' },
      },
    ],
  };
}

function newer(names: readonly string[]): Finding {
  return {
    id: 'newer-runs',
    severity: 'note',
    says: {
      en: `a newer ctr has recorded these runs, so this one leaves them alone: ${names.join(', ')}`,
      zh: `这些运行实例是新版 ctr 记录的，本程序不会动它们：${names.join('、')}`,
    },
    fixes: [{ command: 'npm install --global ctrnet' }],
  };
}

/** What bears ctr's mark and is in no record. Only root can have made it, and only root can read it. */
async function strays(host: Host): Promise<readonly Finding[]> {
  const found = await host.strays();
  if (found.length === 0) return [];
  return [
    {
      id: 'leftovers-found',
      severity: 'problem',
      says: {
        en: `ctr made ${found.length === 1 ? 'something' : `${found.length} things`} here that no run needs any more`,
        zh: `ctr 在这里建立的东西有 ${found.length} 样已经没有运行实例需要`,
      },
      said: found.join('\n'),
      fixes: [{ command: 'sudo ctr gc', costs: { en: 'runs these commands', zh: '运行这些命令' } }],
    },
  ];
}

export const leftovers: Examination = {
  area: 'leftovers',
  title: { en: 'leftovers', zh: '残留' },
  async examine(host) {
    const runs = await host.runs;
    const gone = runs.filter(({ alive, damage }) => !alive && damage !== 'newer');
    const unknown = runs.filter(({ damage }) => damage === 'newer');
    const found = [
      ...(gone.length === 0 ? [] : [dead(gone.map(({ name }) => name))]),
      ...(unknown.length === 0 ? [] : [newer(unknown.map(({ name }) => name))]),
      ...(await strays(host)),
    ];
    if (found.length > 0) return found;
    return [{ id: 'leftovers', severity: 'ok', says: { en: 'none', zh: '没有' } }];
  },
};
