import type { Language } from '../model/text.ts';

/** What `ctr --help` says about exit codes. */
export const exitCodeTable = {
  en: `
Exit codes:
  0 done                          5 a step failed; changes undone, verified
  1 a bug in ctr                  6 changes that ctr could not undo, listed
  2 wrong usage, no such run      7 the kernel differs from the plan
  3 the config is invalid         8 the saved plan is stale
  4 the host is not ready         9 another process holds the lock
  125 126 127  exec and up: ctr failed, cannot execute, not found;
               other codes are the command's own
               (exec: 125 also when there is no such run)
  129 130 131 143  ended by SIGHUP, SIGINT, SIGQUIT or SIGTERM; everything
               is undone
If standard output cannot be written (disk full), the exit code is 4.
If standard error cannot be written, ctr continues as usual.
`,
  zh: `
退出码：
  0 完成                          5 某步失败，已全部撤销并核实
  1 ctr 的缺陷                    6 有改动没能撤销，已列出
  2 用法错误、没有这个运行实例    7 内核与计划不符
  3 配置无效                      8 保存的计划已过时
  4 主机未就绪                    9 锁被其他进程占用
  125 126 127  exec 和 up：ctr 出错、命令不可执行、找不到命令；
               其余为命令自己的退出码
               （exec 找不到运行实例时也是 125）
  129 130 131 143  因 SIGHUP、SIGINT、SIGQUIT 或 SIGTERM 结束；已全部撤销
标准输出无法写入（例如磁盘已满）时，退出码为 4。
标准错误无法写入时，ctr 照常运行。
`,
} satisfies Record<Language, string>;
