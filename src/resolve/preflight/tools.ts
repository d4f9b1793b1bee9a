import type { Facts } from '../../facts/index.ts';
import { neededTools, ownTools, terminalTools, toolPackages } from '../../facts/needed-tools.ts';
import type { Problem } from '../../model/errors.ts';
import { own } from '../../model/own.ts';
import type { Text } from '../../model/text.ts';

const packages = { ...toolPackages, ...terminalTools, nft: 'nftables' };

function install(tool: string): Text {
  const name = own(packages, tool);
  return name === undefined
    ? { en: `install the package that has ${tool}`, zh: `安装提供 ${tool} 的软件包` }
    : { en: `apt-get install ${name}`, zh: `apt-get install ${name}` };
}

/**
 * Saved facts may be older than this ctr, and say nothing of a tool that it has since begun to look up. One that it
 * does not look up at all must not be taken for installed.
 */
function isMissing(tool: string, { tools }: Facts): boolean {
  return neededTools.includes(tool) ? tools[tool] === null : tools[tool] == null;
}

/** @param programs what the plan starts. */
export function missingTools(facts: Facts, programs: readonly string[]): readonly Problem[] {
  // Without iptables on the host, what a lab in nftables needs to know can be read with nft(8).
  const native = programs.includes('nft') && !programs.some((one) => /^iptables/.test(one));
  const needed = new Set([
    ...ownTools.filter((tool) => !(native && tool === 'iptables-save')),
    ...(facts.terminal === null ? [] : Object.keys(terminalTools)),
    ...programs,
  ]);
  return [...needed]
    .filter((tool) => isMissing(tool, facts))
    .sort()
    .map((tool) => ({
      code: 'H001',
      place: tool,
      message: { en: `the program ${tool} is not installed`, zh: `没有安装程序 ${tool}` },
      fix: install(tool),
    }));
}
