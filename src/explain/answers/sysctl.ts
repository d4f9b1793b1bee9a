import { t } from '../../model/text.ts';
import { type Answer, answer, asRoot, misspelt, notRoot } from './answer.ts';

/** What sysctl(8) answers. */
export const sysctl = {
  'no-setting': answer(
    /cannot stat \/proc\/sys\//,
    t('The kernel has no such setting.', '内核没有这项设置。'),
    [
      misspelt,
      t('the interface in the middle of it is not there (yet)', '名字中间的接口不存在'),
      t(
        'net.bridge.*: the module br_netfilter is not loaded',
        'net.bridge.*：没有加载 br_netfilter 模块',
      ),
    ],
    t('ls the directory below /proc/sys.', '在 /proc/sys 下用 ls 查看。'),
  ),
  'setting-denied': answer(
    /permission denied on key/,
    t(
      'Only root of this namespace may change this setting.',
      '只有该命名空间的 root 能改这项设置。',
    ),
    [notRoot, t('/proc/sys is read-only in a container', '容器里的 /proc/sys 是只读的')],
    asRoot,
  ),
  'setting-value': answer(
    /setting key "[^"]*".*: Invalid argument/,
    t('The setting does not take this value.', '这项设置不接受这个值。'),
    [t('a number was expected, mostly 0 or 1', '应该是数字，多半是 0 或 1')],
    t('sysctl KEY shows what it is now.', '用 sysctl 键 查看当前的值。'),
  ),
} satisfies Readonly<Record<string, Answer>>;
