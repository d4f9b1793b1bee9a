import { messageOf, systemCode } from './errors.ts';
import type { Text } from './text.ts';

/** Explanations of system errors by name (errno(3)). */
const reasons: Readonly<Record<string, Text>> = {
  E2BIG: { en: 'the argument list is too long', zh: '参数列表过长' },
  EACCES: { en: 'permission denied', zh: '权限不够' },
  EAGAIN: { en: 'the system is short of processes or memory', zh: '系统的进程数或内存不足' },
  EBADF: { en: 'the file descriptor is not open', zh: '文件描述符没有打开' },
  EBUSY: { en: 'it is in use', zh: '正在使用中' },
  EDQUOT: { en: 'the disk quota is used up', zh: '磁盘配额已用完' },
  EEXIST: { en: 'it exists already', zh: '已经存在' },
  EFBIG: { en: 'the file is too large', zh: '文件过大' },
  EINVAL: { en: 'invalid argument', zh: '参数无效' },
  EIO: { en: 'input/output error', zh: '输入/输出错误' },
  EISDIR: { en: 'it is a directory', zh: '它是一个目录' },
  ELOOP: { en: 'too many symbolic links', zh: '符号链接层数过多' },
  EMFILE: { en: 'this process has too many open files', zh: '本进程打开的文件过多' },
  ENAMETOOLONG: { en: 'the name is too long', zh: '文件名过长' },
  ENFILE: { en: 'the system has too many open files', zh: '系统打开的文件过多' },
  ENODEV: { en: 'there is no such device', zh: '没有那个设备' },
  ENOENT: { en: 'no such file or directory', zh: '没有那个文件或目录' },
  ENOEXEC: { en: 'it is not a program this machine can run', zh: '不是这台机器能运行的程序' },
  ENOMEM: { en: 'not enough memory', zh: '内存不足' },
  ENOSPC: { en: 'no space left on the device', zh: '设备上没有剩余空间' },
  ENOTDIR: { en: 'a part of the path is not a directory', zh: '路径中有一部分不是目录' },
  ENOTEMPTY: { en: 'the directory is not empty', zh: '目录不为空' },
  ENXIO: { en: 'there is no such device or address', zh: '没有那个设备或地址' },
  EPERM: { en: 'the system does not allow it', zh: '系统不允许这样做' },
  EPIPE: { en: 'the reader has closed the pipe', zh: '读取端已关闭' },
  EROFS: { en: 'the file system is read-only', zh: '文件系统是只读的' },
  ESRCH: { en: 'there is no such process', zh: '没有那个进程' },
  ETIMEDOUT: { en: 'it took too long', zh: '超时' },
  ETXTBSY: { en: 'the program is being written', zh: '程序正被写入' },
  EXDEV: { en: 'it is on another file system', zh: '它在另一个文件系统上' },
};

/**
 * Explains a system error in both languages, without Node's prefix (`ENOENT: …, open '…'`). For anything else that was
 * thrown, its own message.
 */
export function sayErrno(error: unknown): Text {
  const code = systemCode(error);
  if (code === undefined) return { en: messageOf(error), zh: messageOf(error) };
  const known = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  if (known !== undefined) return known;
  // Node's own codes begin with ERR_; their messages say more than the code.
  if (code.startsWith('ERR_')) return { en: messageOf(error), zh: messageOf(error) };
  return { en: `the system says ${code}`, zh: `系统返回 ${code}` };
}
