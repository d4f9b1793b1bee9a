import type { Pair } from './example.ts';

const makeRootfs: Pair = [
  {
    line: 'ctr rootfs create labex',
    says: {
      en: 'make a small one from this host’s busybox',
      zh: '用本机的 busybox 做一个小型根文件系统',
    },
  },
  {
    line: 'ctr rootfs create --from debian:trixie trixie',
    says: { en: 'make a small Debian', zh: '做一个精简的 Debian' },
  },
];

/** What comes before a run: root file systems and configs. */
export const prepare = {
  rootfs: makeRootfs,
  'rootfs create': makeRootfs,
  validate: [
    {
      line: 'ctr validate config.json',
      says: { en: 'report all problems with their lines', zh: '列出所有问题和所在的行' },
    },
    {
      line: 'ctr validate --expand config.json',
      says: {
        en: 'expand a short config to the long form, to edit it further',
        zh: '把简写的配置展开成完整形式，以便继续修改',
      },
    },
  ],
  schema: [
    {
      line: 'ctr schema > config.schema.json',
      says: {
        en: 'save it for an editor, which then completes configs',
        zh: '保存给编辑器，用来补全配置',
      },
    },
    {
      line: 'ctr schema | jq .properties',
      says: { en: 'list the keys of a config', zh: '列出配置的各个键' },
    },
  ],
  init: [
    {
      line: 'ctr init',
      says: { en: 'write ctr.json to this directory', zh: '在当前目录生成 ctr.json' },
    },
    {
      line: 'ctr init --force lab.json',
      says: { en: 'overwrite the file lab.json', zh: '覆盖文件 lab.json' },
    },
  ],
} satisfies Readonly<Record<string, Pair>>;
