import { readSysctl } from '../facts/sysctls.ts';
import type { Examination } from './examination.ts';

const key = 'net.bridge.bridge-nf-call-iptables';

/** br_netfilter: whether frames that a bridge passes on go through iptables (kernel: networking/bridge). */
export const bridgeNetfilter: Examination = {
  area: 'bridge-nf',
  title: { en: 'bridge-nf', zh: '网桥过滤' },
  examine() {
    const value = readSysctl('net/bridge/bridge-nf-call-iptables');
    if (value !== '1') {
      return [
        {
          id: 'bridge-nf',
          severity: 'ok',
          says: {
            en: 'frames between containers of one bridge do not pass iptables',
            zh: '同一网桥上容器之间的帧不经过 iptables',
          },
        },
      ];
    }
    return [
      {
        id: 'bridge-nf-on',
        severity: 'note',
        says: {
          en: `${key} = 1: frames between containers of one bridge pass iptables too`,
          zh: `${key} = 1：同一网桥上容器之间的帧也经过 iptables`,
        },
        means: {
          en: 'rules of others in FORWARD and POSTROUTING then apply to them; ctr up adds a rule that lets them through',
          zh: '别人在 FORWARD 和 POSTROUTING 里的规则会作用于这些帧；ctr up 会添加放行的规则',
        },
        fixes: [
          {
            command: `sudo sysctl ${key}=0`,
            costs: {
              en: 'not needed for ctr; Docker and Kubernetes want it to be 1',
              zh: 'ctr 并不需要；Docker 和 Kubernetes 要求它为 1',
            },
          },
        ],
      },
    ];
  },
};
