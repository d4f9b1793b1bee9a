import { own } from '../model/own.ts';
import { type Text, t } from '../model/text.ts';
import type { Token } from './grammar.ts';
import { expanded, type Given, type Surroundings } from './value-token.ts';

const variableMeanings: Readonly<Record<string, Text>> = {
  PATH: t('where programs are looked up', '到哪些目录里找程序'),
  HOME: t('the home directory', '主目录'),
  HOSTNAME: t('the host name, for programs that read it here', '主机名，供从这里读取的程序使用'),
  TERM: t('the kind of terminal', '终端类型'),
  LC_ALL: t('the language of messages; C is plain English', '消息的语言；C 即英文'),
  LANG: t('the language and the encoding of text', '语言和文字编码'),
};

/** NAME=value before a command, or as a command of its own. */
export function assignmentToken(given: Given, at: Surroundings): Token {
  const [, name = '', to = ''] = /^(\w+)=(.*)$/s.exec(given.value) ?? [];
  const made = /^made_([\d_]+)$/.exec(name)?.[1]?.replaceAll('_', '.');
  const container = /^([a-z]\w*?)_pid(?:_parent)?$/.exec(name)?.[1]?.replaceAll('_', '-');
  const known = own(variableMeanings, name);
  const means =
    made !== undefined
      ? t(
          `remember that command ${made} has begun, so that it is undone`,
          `记下命令 ${made} 已经开始，以便撤销`,
        )
      : container !== undefined
        ? t(`keep a pid of container ${container}`, `记下容器 ${container} 的进程号`)
        : known !== undefined
          ? t(`set ${name}, ${known.en}`, `设置 ${name}：${known.zh}`)
          : name === 'step'
            ? t(
                'the step that runs now, for the message if it fails',
                '正在执行的步骤，失败时写进消息',
              )
            : to === ''
              ? t(`make the variable ${name} empty`, `把变量 ${name} 设为空`)
              : t(`set the variable ${name}`, `设置变量 ${name}`);
  if (!given.expands) return { text: given.text, means };
  const {
    parts,
    script,
    means: value,
  } = expanded({ ...given, text: to, value: to }, 'word', [], at);
  const part: Token = { text: to, means: value, ...(script === undefined ? {} : { script }) };
  return { text: given.text, means, parts: parts ?? [part] };
}
