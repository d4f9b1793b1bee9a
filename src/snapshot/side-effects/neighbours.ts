import type { SideEffect } from './surprise.ts';

/** Of forwarding tables of bridges, and of neighbours. */
export const neighbours: readonly SideEffect[] = [
  {
    id: 'fdb-learnt',
    matches: ({ change }) =>
      change.object === 'fdb' && change.kind === 'learnt' && change.op !== 'removed',
    says: {
      en: 'A bridge learns from each frame behind which port its sender is. This entry comes from the first frame of that MAC.',
      zh: '网桥从收到的每一帧学习发送者在哪个端口后面。这个 MAC 发来第一帧时，就有了这一项。',
    },
  },
  {
    id: 'fdb-forgotten',
    matches: ({ change }) => change.object === 'fdb' && change.kind === 'learnt',
    minor: true,
    says: {
      en: 'A bridge forgets what it has learnt of a port that goes down or leaves, and of a MAC that has been silent for five minutes.',
      zh: '端口关闭或离开时，网桥会忘掉从它学到的 MAC；五分钟没有动静的 MAC 也会被忘掉。',
    },
  },
  {
    id: 'fdb-own',
    matches: ({ change }) => change.object === 'fdb' && change.kind === 'permanent',
    minor: true,
    says: {
      en: 'A bridge has permanent entries for its own MAC and for those of its ports: frames to them are for this machine.',
      zh: '网桥为自己和各端口的 MAC 保留永久的表项：发往这些 MAC 的帧由本机接收。',
    },
  },
  {
    id: 'neighbour-found',
    matches: ({ change }) =>
      change.object === 'neighbour' && change.op !== 'removed' && change.kind !== 'FAILED',
    says: {
      en: 'The kernel asked by ARP who has this address, and keeps the answer: the MAC to which it sends frames.',
      zh: '内核用 ARP 询问谁拥有这个地址，并记住答案：帧要发往的 MAC。',
    },
  },
  {
    id: 'neighbour-silent',
    matches: ({ change }) => change.object === 'neighbour' && change.op !== 'removed',
    says: {
      en: 'The kernel asked by ARP who has this address, and nobody answered.',
      zh: '内核用 ARP 询问谁拥有这个地址，没有人回答。',
    },
  },
  {
    id: 'neighbour-forgotten',
    matches: ({ change }) => change.object === 'neighbour',
    says: {
      en: 'The kernel forgets the neighbours on an interface that goes down, and those that nobody has asked for in a while.',
      zh: '接口关闭时，内核会忘掉这个接口上的邻居；一段时间没有用到的邻居也会被忘掉。',
    },
  },
];
