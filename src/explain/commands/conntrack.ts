import { type Program, word } from '../grammar.ts';

const remove = word('delete these entries', '删除这些记录');
const list = word('list them', '列出');
const translated = word(
  'whose destination was replaced by this address',
  '目的地址被改成这个地址的',
  {
    takes: ['address'],
  },
);
const protocol = word('of this protocol', '属于这种协议的', { takes: ['word'] });

const family = word('of this address family', '属于这个地址族的', { takes: ['word'] });

/** conntrack(8). */
export const conntrack: Program = {
  means: {
    en: 'lists and deletes the connections that the kernel keeps track of',
    zh: '查看和删除内核跟踪的连接',
  },
  style: 'words',
  scope: {
    words: {
      '-D': remove,
      '--delete': remove,
      '-L': list,
      '--dump': list,
      '-g': translated,
      '--dst-nat': translated,
      '-f': family,
      '-p': protocol,
      '--proto': protocol,
    },
  },
};
