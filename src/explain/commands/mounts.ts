import { type Program, word } from '../grammar.ts';

const noMtab = word('without a note in /etc/mtab', '不写 /etc/mtab');
const options = word('with these options', '挂载选项', { takes: ['mount-options'] });
const type = word('this kind of file system', '文件系统类型', { takes: ['file-system'] });

export const mount: Program = {
  means: { en: 'attaches a file system to the tree of directories', zh: '把文件系统挂到目录树上' },
  style: 'options',
  mixes: true,
  scope: {
    operands: ['mount-source', 'directory'],
    words: {
      '--no-mtab': noMtab,
      '-n': noMtab,
      '-t': type,
      '--types': type,
      '-o': options,
      '--options': options,
      '--all': word('all lines of the list', '清单里的所有行'),
      '-a': word('all lines of the list', '清单里的所有行'),
      '--fstab': word('the list', '清单文件', { takes: ['file'] }),
      '-T': word('the list', '清单文件', { takes: ['file'] }),
      '--bind': word('show an existing directory here as well', '把已有的目录也显示在这里'),
      '--rbind': word('the same, with what is mounted below', '同 --bind，并包含下面的挂载'),
      '--move': word('move the mount', '移动挂载点'),
      '--make-private': word(
        'mounts made here do not appear elsewhere',
        '这里的挂载不会传播到别处',
      ),
      '--make-rprivate': word('the same, with all mounts below', '同上，包含下面的所有挂载'),
      '--make-rslave': word('receives mounts, passes none on', '接收挂载，但不向外传播'),
      '-r': word('read-only', '只读'),
      '--mkdir': word('make the directory first', '先创建目录'),
    },
  },
};

export const umount: Program = {
  means: { en: 'takes a file system off the tree of directories', zh: '把文件系统从目录树上卸下' },
  style: 'options',
  mixes: true,
  scope: {
    operands: ['directory'],
    words: {
      '--no-mtab': noMtab,
      '-n': noMtab,
      '--no-canonicalize': word(
        'take the path as it is, without looking up links',
        '路径按原样使用，不解析链接',
      ),
      '-c': word('take the path as it is', '路径按原样使用'),
      '--lazy': word(
        'at once, even if it is in use; the rest goes when nobody uses it',
        '立即卸下，即使仍在使用；没人用时再彻底清理',
      ),
      '-l': word('at once, even if it is in use', '立即卸下，即使仍在使用'),
      '--recursive': word('with all mounts below', '包含下面的所有挂载'),
      '-R': word('with all mounts below', '包含下面的所有挂载'),
      '-f': word('even if a server does not answer', '即使服务器不响应'),
    },
  },
};

export const pivotRoot: Program = {
  means: {
    en: 'makes the first directory the root of the mount namespace, and puts the old root on the second',
    zh: '把第一个目录变成挂载命名空间的根，旧的根放到第二个目录',
  },
  style: 'options',
  scope: { operands: ['directory', 'directory'], words: {} },
};
