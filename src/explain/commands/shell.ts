import { t } from '../../model/text.ts';
import { type Program, word } from '../grammar.ts';

/** sh(1) itself. */
export const sh: Program = {
  means: t('the shell', 'shell'),
  style: 'options',
  reads: 'shell',
  scope: {
    operands: ['script-argument'],
    words: {
      '-c': word('run this text', '运行这段文字', { takes: ['script'] }),
      '-e': word('stop at the first command that fails', '有命令失败就停'),
      '-u': word('a variable that is not set is an error', '使用未设置的变量算错误'),
      '-x': word('print each command before it runs', '运行前打印每条命令'),
      '-s': word(
        'read commands from standard input; the following words are $1, $2, …',
        '从标准输入读命令；后面的词是 $1、$2……',
      ),
      '-l': word('as at login', '按登录方式启动'),
      '-i': word('for a person who types', '交互方式'),
    },
  },
};

/** Commands of the shell itself (POSIX.1-2017, XCU 2.14). */
export const builtins: Readonly<Record<string, Program>> = {
  ':': {
    means: t('do nothing; its redirections are what counts', '什么也不做，只为后面的重定向'),
    style: 'options',
    scope: { operands: ['word'], words: {} },
  },
  cd: {
    means: t('go into this directory', '进入这个目录'),
    style: 'options',
    scope: {
      operands: ['directory'],
      words: { '-P': word('without symbolic links in the path', '路径里不含符号链接') },
    },
  },
  exec: {
    means: t(
      'become this command instead of starting it; without one, the redirections hold from here on',
      '用这条命令替换自己，不另起进程；没有命令时，重定向从此一直有效',
    ),
    style: 'options',
    scope: { operands: ['command'], words: {} },
  },
  exit: {
    means: t('end this shell', '结束 shell'),
    style: 'options',
    scope: { operands: ['exit-code'], words: {} },
  },
  return: {
    means: t('leave the function', '从函数返回'),
    style: 'options',
    scope: { operands: ['exit-code'], words: {} },
  },
  read: {
    means: t('read one line, and put its words into variables', '读一行，把其中的词放进变量'),
    style: 'options',
    scope: {
      operands: ['variable'],
      words: { '-r': word('a backslash is just a character', '反斜杠按普通字符处理') },
    },
  },
  shift: {
    means: t('drop the first word that was passed', '去掉传入的第一个词'),
    style: 'options',
    scope: { operands: ['number'], words: {} },
  },
  export: {
    means: t('pass this variable on to programs', '把变量传给之后的程序'),
    style: 'options',
    scope: { operands: ['variable'], words: {} },
  },
  set: {
    means: t(
      'set options of this shell, or the words that $1, $2, … stand for',
      '设置 shell 的选项，或者 $1、$2…… 代表的词',
    ),
    style: 'options',
    scope: {
      operands: ['script-argument'],
      words: {
        '-e': word('stop at the first command that fails', '有命令失败就停'),
        '-u': word('a variable that is not set is an error', '使用未设置的变量算错误'),
        '-x': word('print each command before it runs', '运行前打印每条命令'),
        '+e': word('go on after a command that fails', '命令失败后继续'),
      },
    },
  },
  trap: {
    means: t('do this when a signal arrives', '收到信号时这样做'),
    style: 'options',
    scope: { operands: ['script', 'signal'], words: {} },
  },
  umask: {
    means: t('which permissions new files do not get', '新文件默认去掉哪些权限'),
    style: 'options',
    scope: { operands: ['mode'], words: {} },
  },
  wait: {
    means: t('wait until that process has ended', '等待进程结束'),
    style: 'options',
    scope: { operands: ['pid'], words: {} },
  },
  eval: {
    means: t('run these words as shell text', '把这些词当作 shell 命令执行'),
    style: 'options',
    scope: { operands: ['text'], words: {} },
  },
  command: {
    means: t(
      'run this program, even if there is a function of that name',
      '运行该程序，忽略同名函数',
    ),
    style: 'options',
    scope: {
      operands: ['command'],
      words: { '-v': word('only say where it is', '只显示它在哪里') },
    },
  },
  true: { means: t('succeed', '成功'), style: 'options', scope: { words: {} } },
  false: { means: t('fail', '失败'), style: 'options', scope: { words: {} } },
};

const tests = {
  '!': word('not', '取反'),
  '-n': word('is this text not empty?', '这段文字是否非空'),
  '-z': word('is this text empty?', '这段文字是否为空'),
  '-e': word('is there such a file?', '文件是否存在', { takes: ['file'] }),
  '-f': word('is it a usual file?', '是否普通文件', { takes: ['file'] }),
  '-b': word('is it a block device?', '是否块设备', { takes: ['file'] }),
  '-d': word('is it a directory?', '是否目录', { takes: ['file'] }),
  '-k': word(
    'does it have the sticky bit, that is, is it the new tmpfs?',
    '是否带有粘滞位，即确实是新的 tmpfs',
    { takes: ['file'] },
  ),
  '-t': word('is this descriptor a terminal?', '该描述符是否终端', { takes: ['number'] }),
  '-r': word('can it be read?', '是否可读', { takes: ['file'] }),
  '-x': word('can it be run?', '是否可执行', { takes: ['file'] }),
  '-s': word('does it have contents?', '是否有内容', { takes: ['file'] }),
  '-eq': word('equal, as numbers', '数值相等'),
  '-gt': word('greater', '大于'),
  '-lt': word('less', '小于'),
  '=': word('equal to', '等于'),
  '!=': word('not equal to', '不等于'),
  '--': word('the two dashes themselves', '就是两个减号', {}),
  ']': word('end of the test', '判断结束'),
};

export const test: Program = {
  means: t('succeeds if what follows is so', '后面的条件成立时成功'),
  style: 'words',
  scope: { operands: ['tests'], words: tests },
};
