import { own } from '../model/own.ts';
import { type Text, t } from '../model/text.ts';
import type { Token } from './grammar.ts';
import type { Redirect } from './shell.ts';
import { describeValue } from './values/index.ts';

const descriptors: Readonly<Record<string, Text>> = {
  0: t('standard input', '标准输入'),
  1: t('standard output', '标准输出'),
  2: t('error messages', '错误消息'),
  3: t(
    'descriptor 3: the pipe at which the process waits until ctr lets it go on',
    '描述符 3，即等待 ctr 放行的管道',
  ),
  4: t('descriptor 4, in ctr the pipe for the pid', '描述符 4，ctr 用它报告进程号'),
  5: t("descriptor 5, in ctr the container's error messages", '描述符 5，ctr 里是容器的错误消息'),
  6: t('descriptor 6, for a moment', '描述符 6，临时使用'),
  7: t(
    "descriptor 7, in ctr's scripts the first container's input",
    '描述符 7，ctr 脚本里是第一个容器的输入',
  ),
  8: t(
    'descriptor 8: in the script, the pipe at which the process waits',
    '描述符 8，脚本里让进程等待放行的管道',
  ),
  9: t("descriptor 9, in ctr's scripts the pipe for pids", '描述符 9，ctr 脚本里用来读进程号'),
};

function descriptor(name: string): Text {
  return own(descriptors, name) ?? t(`descriptor ${name}`, `描述符 ${name}`);
}

export function redirectToken(piece: Redirect): Token {
  const { text, operator, target } = piece;
  const from = descriptor(
    piece.descriptor === '' ? (operator.startsWith('<') ? '0' : '1') : piece.descriptor,
  );
  if (operator.startsWith('<<')) {
    const lines = piece.lines === undefined ? '' : piece.lines.length;
    return {
      text,
      means: t(
        `its standard input is the ${lines === '' ? '' : `${lines} `}following lines, up to ${target}`,
        `它的标准输入是后面的${lines === '' ? '' : ` ${lines} `}行，到 ${target} 为止`,
      ),
    };
  }
  if (target === '-') return { text, means: t(`close ${from.en}`, `关闭${from.zh}`) };
  if (operator.endsWith('&')) {
    const to = descriptor(target);
    return operator === '<&'
      ? { text, means: t(`read ${from.en} from ${to.en}`, `${from.zh}来自${to.zh}`) }
      : { text, means: t(`send ${from.en} to ${to.en}`, `把${from.zh}送到${to.zh}`) };
  }
  const file = describeValue('file', target, { before: [] })?.means ?? t(target, target);
  if (operator === '<')
    return {
      text,
      means: t(`read ${from.en} from this file: ${file.en}`, `${from.zh}来自文件：${file.zh}`),
    };
  if (operator === '<>')
    return {
      text,
      means: t(
        `open it as ${from.en}, for reading and writing: ${file.en}`,
        `以读写方式打开，作为${from.zh}：${file.zh}`,
      ),
    };
  if (operator === '>>')
    return {
      text,
      means: t(`append ${from.en} to this file: ${file.en}`, `把${from.zh}追加到文件：${file.zh}`),
    };
  return {
    text,
    means: t(`write ${from.en} to this file: ${file.en}`, `把${from.zh}写入文件：${file.zh}`),
  };
}
