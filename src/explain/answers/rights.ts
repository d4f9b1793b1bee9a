import { t } from '../../model/text.ts';
import { type Answer, answer, asRoot, notRoot } from './answer.ts';

/** What setpriv(1) and hostname(1) answer. */
export const rights = {
  'setpriv-user': answer(
    /setpriv: set(?:res)?[ug]id failed: Operation not permitted/,
    t(
      'Becoming another user needs the capability setuid or setgid.',
      '切换用户需要 setuid 或 setgid 能力。',
    ),
    [notRoot],
    asRoot,
  ),
  'unknown-capability': answer(
    /unknown capability "/,
    t('There is no such capability.', '没有这个能力。'),
    [t('setpriv writes them without CAP_, in small letters', 'setpriv 里不写 CAP_ 前缀，用小写')],
    t('man 7 capabilities lists them.', 'man 7 capabilities 里有全部能力。'),
  ),
  'hostname-root': answer(
    /you must be root to change the host name/,
    t(
      'The host name belongs to root of this UTS namespace.',
      '主机名属于这个 UTS 命名空间的 root。',
    ),
    [notRoot],
    asRoot,
  ),
} satisfies Readonly<Record<string, Answer>>;
