import type { Pair } from './example.ts';

const necessity: Pair = [
  {
    line: 'ctr lab necessity config.json',
    says: { en: 'what breaks without each command', zh: '缺了每条命令会失去什么' },
  },
  {
    line: 'ctr lab necessity --drop --format svg config.json > needed.svg',
    says: {
      en: 'the same on a host that forwards nothing by default, as a picture',
      zh: '在默认不转发的宿主机上做同样的实验，画成图',
    },
  },
];

/** Recorded runs, and experiments. */
export const recordings = {
  replay: [
    {
      line: 'ctr replay run.ctr.ndjson',
      says: { en: 'go through a recorded run with n and b', zh: '用 n 和 b 浏览录制的运行' },
    },
    {
      line: 'ctr replay --pace 5 --lang zh run.ctr.ndjson',
      says: { en: 'let it play by itself, in Chinese', zh: '用中文自动播放' },
    },
  ],
  report: [
    {
      line: 'ctr report --html --out run.html run.ctr.ndjson',
      says: {
        en: 'one page to hand out, which needs no network',
        zh: '生成一个可以分发的网页，不需要网络',
      },
    },
    {
      line: 'ctr report --worksheet run.ctr.ndjson > worksheet.md',
      says: { en: 'questions with gaps, answers at the end', zh: '带填空的题目，答案在最后' },
    },
  ],
  lab: necessity,
  'lab necessity': necessity,
  demo: [
    { line: 'ctr demo', says: { en: 'watch the tutorial', zh: '观看整个教程的运行' } },
    { line: 'ctr --lang zh demo', says: { en: 'watch it in Chinese', zh: '用中文观看' } },
  ],
} satisfies Readonly<Record<string, Pair>>;
