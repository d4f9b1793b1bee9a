import type { LabNetwork } from '../model/lab.ts';
import type { Plan } from '../model/plan.ts';
import { loopbackKey } from '../model/ports.ts';
import { type Command, madeBy, type Step } from '../model/step.ts';
import { mergesOf, type StepId } from '../model/step-id.ts';
import type { Text } from '../model/text.ts';
import { loopbackWhy } from '../steps/publish-port.ts';
import { together } from './together.ts';

const merged = mergesOf('open-firewall');

/**
 * The same commands with the rules side by side, so that one process adds them: switches that come after the first rule
 * come after the last one.
 */
function rulesTogether(commands: readonly Command[]): readonly Command[] {
  const isFour = ({ argv }: Command) => argv[0] === 'iptables' || argv[0] === 'nft';
  const isSix = ({ argv }: Command) => argv[0] === 'ip6tables';
  const isRule = (one: Command) => isFour(one) || isSix(one);
  const from = commands.findIndex(isRule);
  if (from < 0) return commands;
  const rest = commands.slice(from);
  return [
    ...commands.slice(0, from),
    ...rest.filter(isFour),
    ...rest.filter(isSix),
    ...rest.filter((one) => !isRule(one)),
  ];
}

/** The interfaces of a network that publish ports, as the steps about them are called. */
function publishing({ name }: LabNetwork, { lab }: Plan): readonly string[] {
  return lab.containers
    .flatMap(({ attachments }) => attachments)
    .filter(({ network, ports }) => network.name === name && ports !== undefined)
    .map(({ container, device }) => `${container}/${device}`);
}

/** Whether the step has such work to do. */
function does(id: StepId, native: boolean, publishes: boolean): boolean {
  if (id === 'publish-port') return publishes;
  if (id === 'add-table') return native;
  return !native || (id !== 'allow-forwarding' && id !== 'masquerade');
}

const savesOfNft: Text = {
  en: 'One nft reads the lines of all tables, where the staged plan starts one for each.',
  zh: '所有表的内容由一个 nft 进程读入；分步计划里每张表要启动一次 nft。',
};

/** Forwarding, firewall and published ports of one network. @returns null when the host needs no change. */
export function openFirewall(network: LabNetwork, plan: Plan): Step | null {
  const { name, bridge } = network;
  const subjects = [name, ...publishing(network, plan)];
  const steps = plan.steps.filter(({ id, of }) => merged.includes(id) && subjects.includes(of));
  if (steps.length === 0) return null;
  const native = network.firewall === 'nftables';
  const published = steps.filter(({ id }) => id === 'publish-port');
  const opens = published.some((step) =>
    [...step.commands.flatMap(madeBy), ...(step.inherits ?? [])].some(
      (one) => one.kind === 'sysctl' && one.key === loopbackKey(bridge),
    ),
  );
  const opened = opens ? loopbackWhy(network) : { en: '', zh: '' };
  return {
    id: 'open-firewall',
    of: name,
    title:
      published.length === 0
        ? {
            en: `Forward and masquerade ${bridge}'s packets`,
            zh: `转发 ${bridge} 的数据包，并做源地址转换`,
          }
        : {
            en: `Forward and masquerade ${bridge}'s packets, and publish ports`,
            zh: `转发 ${bridge} 的数据包，做源地址转换，并发布端口`,
          },
    why: {
      en: `ctr switches forwarding on for the interfaces that need it, and adds all rules of the network in one transaction${native ? '' : ' per table'}. Meanwhile the containers wait, and their roots are built.${opened.en}`,
      zh: `只对需要的接口打开转发；这个网络的规则${native ? '' : '，每张表'}用一次事务全部写入。此时容器仍在等待，它们的根正在搭建。${opened.zh}`,
    },
    commands: together(rulesTogether(steps.flatMap((step) => step.commands))),
    inherits: steps.flatMap(({ inherits = [] }) => inherits),
    merges: {
      steps: merged.filter((id) => does(id, native, published.length > 0)),
      saves: native
        ? savesOfNft
        : {
            en: 'Each iptables command reads the table, changes one rule and writes the table back. iptables-restore does that once for all rules, and a table gets either all of them or none.',
            zh: '每条 iptables 命令都要读出整张表、改一条规则、再写回去。iptables-restore 只做一次，而且一张表的规则要么全部写入，要么一条也不写入。',
          },
    },
  };
}
