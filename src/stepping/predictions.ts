import type { Plan } from '../model/plan.ts';
import type { Step } from '../model/step.ts';
import type { Text } from '../model/text.ts';
import type { NetworkState, Snapshot } from '../snapshot/snapshot.ts';

/** A question before a step. Its answer is read from the states before and after it. */
export interface Prediction {
  readonly question: Text;
  readonly choices: readonly { readonly key: string; readonly text: Text }[];
  /** The key of the true choice; undefined when the state does not tell. */
  readonly truth: (before: Snapshot, after: Snapshot) => string | undefined;
  /** Why it is so. */
  readonly lesson: Text;
}

const yes = { key: '1', text: { en: 'yes', zh: '会' } };
const no = { key: '2', text: { en: 'no', zh: '不会' } };

function yesOrNo(found: boolean | undefined): string | undefined {
  return found === undefined ? undefined : (found ? yes : no).key;
}

function link(network: NetworkState | undefined, name: string) {
  return network?.links.find((one) => one.name === name);
}

/** The question that fits a step, if there is one. */
export function predictionFor({ lab }: Plan, step: Step): Prediction | undefined {
  const cable = lab.containers
    .flatMap(({ attachments }) => attachments)
    .find(({ container, device }) => `${container}/${device}` === step.of);
  switch (step.id) {
    case 'attach-bridge': {
      if (cable === undefined) return undefined;
      const { bridge } = cable.network;
      return {
        question: {
          en: `${bridge} is on. Will it have carrier once ${cable.outer}, which is off, is its port?`,
          zh: `${bridge} 已启用。接入尚未启用的 ${cable.outer} 之后，它会有载波 (carrier) 吗？`,
        },
        choices: [yes, no],
        truth: (_, after) => yesOrNo(link(after.host, bridge)?.carrier),
        lesson: {
          en: 'A bridge has carrier when one of its ports has it, like a switch with one cable that works. A bridge without ports has carrier only if nobody has given it a MAC.',
          zh: '只要有一个端口有载波，网桥就有载波，好比交换机上插着一根能用的网线。没有端口的网桥，只有在没人给它设过 MAC 时才视为有载波。',
        },
      };
    }
    case 'raise-link': {
      if (cable === undefined) return undefined;
      return {
        question: {
          en: `Will the state of ${cable.outer} be UP right after this command?`,
          zh: `这条命令之后，${cable.outer} 的状态会是 UP 吗？`,
        },
        choices: [yes, no],
        truth: (_, after) => {
          const state = link(after.host, cable.outer)?.state;
          return yesOrNo(state === undefined ? undefined : state === 'UP');
        },
        lesson: {
          en: 'One end of a veth pair is like one end of a cable: it has carrier only when the other end is on, too. Until then its state is LOWERLAYERDOWN.',
          zh: 'veth 对的一端好比网线的一头：对端也启用之后才有载波，在此之前状态是 LOWERLAYERDOWN。',
        },
      };
    }
    case 'move-link': {
      if (cable === undefined) return undefined;
      return {
        question: {
          en: `Will \`ip link\` on the host still list ${cable.inner}?`,
          zh: `宿主机上的 ip link 还会列出 ${cable.inner} 吗？`,
        },
        choices: [yes, no],
        truth: (_, after) => yesOrNo(link(after.host, cable.inner) !== undefined),
        lesson: {
          en: 'An interface is in exactly one network namespace. The other end of the pair stays on the host, and the pair still works.',
          zh: '一个接口只属于一个网络命名空间。veth 对的另一端留在宿主机，这对接口照常工作。',
        },
      };
    }
    case 'configure-address': {
      if (cable === undefined) return undefined;
      const routes = (state: Snapshot) =>
        state.containers[cable.container]?.routes.filter(
          ({ table, dev }) => table === 'main' && dev === cable.device,
        ).length;
      return {
        question: {
          en: `This sets an address and switches ${cable.device} on. Will there be a route that nobody asked for?`,
          zh: `这一步设置地址并启用 ${cable.device}。会不会出现没有人添加过的路由？`,
        },
        choices: [yes, no],
        truth: (before, after) => {
          const [was, is] = [routes(before), routes(after)];
          return is === undefined ? undefined : yesOrNo(is > (was ?? 0));
        },
        lesson: {
          en: 'The prefix of an address says who is on the same link, so the kernel adds the connected route by itself.',
          zh: '地址的前缀说明了哪些主机在同一链路上，所以内核会自动添加直连路由。',
        },
      };
    }
    case 'start-child': {
      return {
        question: {
          en: 'Will the new network namespace have any route?',
          zh: '新的网络命名空间里会有路由吗？',
        },
        choices: [yes, no],
        truth: (_, after) => {
          const routes = after.containers[step.of]?.routes;
          return yesOrNo(routes === undefined ? undefined : routes.length > 0);
        },
        lesson: {
          en: 'A new network namespace has only lo, which is off: no address, no route, no rule of the firewall.',
          zh: '新的网络命名空间只有未启用的 lo：没有地址、没有路由，也没有防火墙规则。',
        },
      };
    }
    default:
      return undefined;
  }
}
