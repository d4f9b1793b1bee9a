import { type Kind, type Program, type Word, word } from '../grammar.ts';

function simple(
  [en, zh]: readonly [en: string, zh: string],
  operands: readonly Kind[],
  words: Readonly<Record<string, Word>> = {},
): Program {
  return { means: { en, zh }, style: 'options', mixes: true, scope: { operands, words } };
}

const recursive = word('with everything below', '包含下面的全部内容');
const force = word('without asking; it is no error if there is none', '不询问；不存在也不算错误');

/** Programs of coreutils and the like, with the options that ctr uses and a few more. */
export const fileTools: Readonly<Record<string, Program>> = {
  mkdir: simple(['makes a directory', '创建目录'], ['directory'], {
    '-p': word(
      'with those above it, and no error if it is there',
      '连同上级目录；已存在也不算错误',
    ),
    '-m': word('with these permissions', '指定权限', { takes: ['mode'] }),
  }),
  rmdir: simple(['removes an empty directory', '删除空目录'], ['directory']),
  tee: simple(['writes its input into a file', '把输入写进文件'], ['file'], {
    '-a': word('append', '追加'),
  }),
  cat: simple(['prints files', '打印文件内容'], ['file']),
  cp: simple(['copies', '复制'], ['file'], {
    '-P': word('symbolic links as links', '符号链接按链接复制'),
    '-a': word('with all attributes', '保留所有属性'),
    '-r': recursive,
  }),
  ln: simple(['makes a link', '创建链接'], ['file'], {
    '-s': word('a symbolic one: a name that points to another name', '符号链接：指向另一个名字'),
    '-f': force,
  }),
  rm: simple(['deletes', '删除'], ['file'], {
    '-f': force,
    '-r': recursive,
  }),
  chown: simple(['changes the owner', '更改所有者'], ['user', 'file'], {
    '-R': recursive,
    '-h': word('of the link itself', '更改链接本身'),
  }),
  chmod: simple(['changes permissions', '更改权限'], ['mode', 'file'], { '-R': recursive }),
  mktemp: simple(['makes a file with a new name', '创建名字唯一的临时文件'], ['file'], {
    '-d': word('a directory', '创建目录'),
  }),
  mkfifo: simple(['makes a pipe with a name', '创建命名管道'], ['file']),
  sed: simple(['changes lines', '修改文本行'], ['expression', 'file'], {
    '-n': word('print only what is asked for', '只打印指定的行'),
    '-i': word('in the file itself', '直接改文件'),
    '-e': word('this change', '这条修改', { takes: ['expression'] }),
  }),
  grep: simple(['finds lines', '查找文本行'], ['pattern', 'file'], {
    '-q': word('without printing: only whether there is one', '不输出，只看有没有'),
    '-E': word('with extended patterns', '使用扩展正则'),
    '-v': word('lines that do not fit', '不匹配的行'),
    '-s': word('no message about files that are not there', '文件不存在也不报错'),
    '-c': word('count them', '计数'),
    '-o': word('only the part that fits', '只打印匹配部分'),
  }),
  dd: simple(['copies bytes', '复制字节'], ['word']),
  od: simple(['prints bytes as numbers', '以数字形式打印字节'], ['file'], {
    '-A': word('the numbers before the lines', '行首的编号', { takes: ['word'] }),
    '-v': word('every line, also those that repeat', '重复的行也打印'),
    '-t': word('in this form', '按这种格式', { takes: ['word'] }),
  }),
  stty: simple(['reads or changes settings of the terminal', '读取或更改终端设置'], ['word'], {
    '-g': word('in a form for reading back', '以便恢复的格式'),
    '-a': word('all of them, readable', '全部设置'),
  }),
  sleep: simple(['waits', '等待'], ['seconds']),
  kill: simple(['sends a signal to processes', '给进程发信号'], ['pid'], {
    '-s': word('this one', '发送这个信号', { takes: ['signal'] }),
    '-9': word('KILL: end at once', 'KILL：立即结束'),
    '-0': word('none; only see whether the process is there', '不发信号，只看进程在不在'),
  }),
  hostname: simple(
    ['sets the host name; without a word, prints it', '设置主机名；不写则打印'],
    ['hostname'],
  ),
  sysctl: simple(
    ['reads or changes settings of the kernel', '读取或更改内核设置'],
    ['assignment'],
    {
      '-q': word('without printing', '不打印'),
      '-w': word('change them', '写入'),
      '-n': word('only the value', '只打印值'),
      '-e': word('ignore keys that are not there', '忽略不存在的项'),
      '-a': word('all of them', '全部'),
      '-p': word('those of this file', '从文件读取', { takes: ['file'] }),
    },
  ),
  ping: simple(['asks a machine for an answer', '向一台机器请求应答'], ['prefix'], {
    '-c': word('so many times', '次数', { takes: ['number'] }),
    '-W': word('wait so long for an answer', '等待应答的时间', { takes: ['seconds'] }),
    '-w': word('end after so long', '总时间', { takes: ['seconds'] }),
    '-i': word('so long between two', '间隔', { takes: ['seconds'] }),
    '-I': word('from this interface', '从这个接口发送', { takes: ['interface'] }),
    '-n': word('numbers, not names', '显示数字，不查名字'),
    '-q': word('only the sum at the end', '只打印汇总'),
    '-s': word('so many bytes', '数据长度', { takes: ['bytes'] }),
    '-M': word('whether packets may be cut', '是否允许分片', { takes: ['word'] }),
    '-4': word('IPv4', 'IPv4'),
  }),
  modprobe: simple(['loads a module of the kernel', '加载内核模块'], ['word']),
  conntrack: simple(
    ['prints or changes the connections that the kernel follows', '查看或修改内核跟踪的连接'],
    ['word'],
    {
      '-L': word('list them', '列出'),
      '-D': word('forget them', '删除'),
      '-E': word('print what changes', '打印变化'),
      '-F': word('forget all', '全部清空'),
    },
  ),
  true: simple(['succeeds', '成功'], []),
};

export const echo: Program = {
  means: { en: 'prints its words', zh: '打印后面的词' },
  style: 'words',
  scope: {
    operands: ['text'],
    words: { '-n': word('without a line break at the end', '末尾不换行') },
  },
};

export const printf: Program = {
  means: { en: 'prints its words in this format', zh: '按格式打印后面的词' },
  style: 'words',
  scope: { operands: ['text'], words: {} },
};
