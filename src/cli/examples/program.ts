import type { Pair } from './example.ts';

/** The program, the machine, and what words mean. */
export const program = {
  explain: [
    {
      line: 'ctr explain ip link set dev eth0 up',
      says: { en: 'read what each word means', zh: '查看每个词的意思' },
    },
    {
      line: 'ctr explain H003',
      says: { en: 'read what this code means and what to do', zh: '查看这个代码的含义和处理方法' },
    },
  ],
  doctor: [
    {
      line: 'ctr doctor',
      says: { en: 'as you are: is a sandbox possible?', zh: '以当前用户检查：能否使用沙盒' },
    },
    {
      line: 'sudo ctr doctor',
      says: {
        en: 'also the firewall of this machine, and what crashed runs left',
        zh: '还检查这台机器的防火墙和异常终止的运行实例的残留',
      },
    },
  ],
  completion: [
    {
      line: 'ctr completion bash',
      says: { en: 'read the script first', zh: '先查看这个脚本' },
    },
    {
      line: 'ctr completion fish | source',
      says: { en: 'load it into the current fish', zh: '在当前的 fish 里立即启用' },
    },
  ],
  version: [
    { line: 'ctr version', says: { en: 'print it as text', zh: '以文本输出' } },
    { line: 'ctr --json version', says: { en: 'print it as JSON', zh: '以 JSON 输出' } },
  ],
  help: [
    { line: 'ctr help', says: { en: 'list all commands', zh: '列出所有命令' } },
    {
      line: 'ctr help up',
      says: { en: 'show how to use one of them', zh: '显示其中一个命令的用法' },
    },
  ],
} satisfies Readonly<Record<string, Pair>>;
