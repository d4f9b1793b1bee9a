import type { Facts } from '../facts/index.ts';
import type { Lab } from '../model/lab.ts';
import { isKind, type NftRule, type Resource, type Rule } from '../model/resource.ts';
import { toolOf } from '../model/rule.ts';
import { madeBy } from '../model/step.ts';
import { pipeline } from './index.ts';
import { publishPort } from './publish-port.ts';

/** The resources of the steps about the firewall, on a host that has none of them yet, in their order. */
function made(lab: Lab, facts: Facts): readonly Resource[] {
  const bare = { ...facts, shared: {}, firewall: { ...facts.firewall, ours: [] } };
  const attachments = lab.containers.flatMap((container) => container.attachments);
  const ofNetworks = pipeline
    .flatMap((section) => (section.each === 'network' ? section.steps : []))
    .flatMap((step) => lab.networks.map((network) => step(network, { lab, facts: bare })));
  const ofPorts = attachments
    .filter(({ ports }) => ports !== undefined)
    .map((attachment) => publishPort(attachment, { lab, facts: bare }));
  return [...ofNetworks, ...ofPorts].flatMap((step) => step?.commands.flatMap(madeBy) ?? []);
}

/** The rules of iptables(8) that the steps of a lab add. */
export function rulesOf(lab: Lab, facts: Facts): readonly Rule[] {
  return made(lab, facts)
    .filter(isKind('firewall-rule'))
    .map(({ rule }) => rule)
    .filter((rule) => toolOf(rule) === 'iptables');
}

/** The rules about IPv4 that the steps of a lab add with nft(8). */
export function nftRulesOf(lab: Lab, facts: Facts): readonly NftRule[] {
  return lab.networks.some(({ firewall }) => firewall === 'nftables')
    ? made(lab, facts)
        .filter(isKind('nft-rule'))
        .filter(({ rule }) => toolOf(rule) === 'iptables')
    : [];
}

/** The same, whether or not the host has Docker's chain: it may have come or gone since a run came up. */
export function rulesOfEither(lab: Lab, facts: Facts): readonly Rule[] {
  const of = (dockerUser: boolean) =>
    rulesOf(lab, { ...facts, firewall: { ...facts.firewall, dockerUser } });
  const all = [...of(true), ...of(false)];
  return [...new Map(all.map((rule) => [JSON.stringify(rule), rule])).values()];
}
