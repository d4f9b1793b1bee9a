import { neededTools } from '../../src/facts/needed-tools.ts';
import { type Argv, fill } from '../../src/model/command.ts';
import type { Plan } from '../../src/model/plan.ts';
import { isResource } from '../../src/model/resource-schema.ts';
import { type Command, madeBy } from '../../src/model/step.ts';
import { isRemovable, removeArgv } from '../../src/resources/index.ts';

/** All words that may begin with a hyphen. Any other such word would come from data. */
const options = new Set([
  ...[
    '-eu',
    '-',
    '-i',
    '-o',
    '-s',
    '-t',
    '-m',
    '-j',
    '-w',
    '-A',
    '-I',
    '-D',
    '-e',
    '-qw',
    '-p',
    '-euc',
    '-f',
    '-c',
    '-x',
  ],
  ...['--target', '--net', '--mount', '--pid', '--uts', '--ipc', '--cgroup', '--user', '--root=/'],
  ...['--wd=/', '--fork', '--kill-child', '--propagation', '--bounding-set', '--inh-caps', '-all'],
  ...['--no-new-privs', '--pdeathsig', '--quiet', '--return', '--flush', '--echo', '--command'],
  ...[
    '--no-canonicalize',
    '--no-mtab',
    '--lazy',
    '--all',
    '--fstab',
    '--comment',
    '--ctstate',
    '--keep-caps',
    '--ambient-caps',
  ],
  ...['--reuid', '--regid', '--clear-groups', '--setuid', '--setgid', '--preserve-credentials'],
]);

const link = '[A-Za-z][A-Za-z0-9_.-]{0,14}';
const mac = '[0-9a-f]{2}(?::[0-9a-f]{2}){5}';
const address = '\\d{1,3}(?:\\.\\d{1,3}){3}';
const cidr = `${address}/\\d{1,2}`;
const address6 = '[0-9a-f:]*::?[0-9a-f:]*';
const cidr6 = `${address6}/\\d{1,3}`;
const mark = `-m comment --comment ctr:${link}`;
const runMark = `${mark}:[a-z][a-z0-9-]{0,30}`;
const protocol = '-p (tcp|udp|sctp) -m \\1 --dport \\d+(?::\\d+)?';
const table = `ctr/${link}(?:/[A-Za-z0-9./-]+)?`;
const quoted = `"${link}"`;
const nftMark = `comment "ctr:${link}"`;
const nftRunMark = `comment "ctr:${link}:[a-z][a-z0-9-]{0,30}"`;
const nftPort = '(?:tcp|udp|sctp) dport \\d+(?:-\\d+)?';
const chain = '(?:FORWARD|DOCKER-USER)';

/** The allowed commands for ip, iptables, sysctl and kill, with a space between words. */
const grammar: readonly RegExp[] = [
  `ip link add name ${link} address ${mac} group \\d+ type bridge`,
  `ip link add name ${link} mtu \\d+ address ${mac} group \\d+ type veth peer name ${link} mtu \\d+ address ${mac} group \\d+`,
  `ip link add name ${link} mtu \\d+ address ${mac} group \\d+ master ${link} up type veth peer name ${link} mtu \\d+ address ${mac} group \\d+ netns \\d+`,
  `ip link property add dev ${link} altname [a-z][A-Za-z0-9_./:-]{0,126}`,
  `ip link set dev ${link} (?:up|address ${mac}|master ${link})`,
  `ip link set dev ${link} (?:address ${mac} )?mtu \\d+(?: up| down)?`,
  `ip link set dev ${link} netns \\d+ name ${link}`,
  `ip link del dev ${link}`,
  `ip addr add ${cidr6} dev ${link} nodad`,
  `ip addr add ${cidr} (?:broadcast (?:\\+|${address}) )?dev ${link}`,
  `ip route add (?:default|${cidr}) via ${address} dev ${link}`,
  `ip route add default via ${address6} dev ${link}`,
  `ip6tables -w 5 -t nat -[AD] POSTROUTING -s ${cidr6} ! -o ${link} ${mark} -j MASQUERADE`,
  `ip6tables -w 5 -t filter -[ID] FORWARD -i ${link} (?:! )?-o ${link} ${mark} -j ACCEPT`,
  `ip6tables -w 5 -t filter -[ID] FORWARD -o ${link} -m conntrack --ctstate RELATED,ESTABLISHED ${mark} -j ACCEPT`,
  `sysctl -qw net/ipv6/conf/(?:all/forwarding|${link}/force_forwarding)=\\d`,
  `sysctl -qw${['disable_ipv6', 'accept_ra', 'autoconf', 'accept_dad'].map((key) => ` net/ipv6/conf/${link}/${key}=0`).join('')}`,
  `iptables -w 5 -t nat -[AD] POSTROUTING -s ${cidr} (?:! -d ${cidr} )?! -o ${link} ${mark} -j MASQUERADE`,
  `iptables -w 5 -t filter -[ID] ${chain} -i ${link} (?:! )?-o ${link} ${mark} -j ACCEPT`,
  `iptables -w 5 -t filter -[ID] ${chain} -o ${link} -m conntrack --ctstate RELATED,ESTABLISHED ${mark} -j ACCEPT`,
  `sysctl -qw net/ipv4/conf/${link}/(?:forwarding|route_localnet)=\\d`,
  `ip link set dev ${link} type bridge_slave hairpin on`,
  `iptables -w 5 -t raw -[ID] PREROUTING -d 127.0.0.0/8 -i ${link} ${mark} -j DROP`,
  `iptables -w 5 -t nat -[ID] (?:PREROUTING|OUTPUT) (?:-d ${address}/32 )?${protocol} -m addrtype --dst-type LOCAL ${runMark} -j DNAT --to-destination ${address}(?::\\d+)?`,
  `iptables -w 5 -t filter -[ID] ${chain} -d ${address}/32 -o ${link} ${protocol} -m conntrack --ctstate DNAT ${runMark} -j ACCEPT`,
  `iptables -w 5 -t nat -[ID] POSTROUTING (?:-s ${cidr} )?-d ${address}/32 -o ${link} -m conntrack --ctstate DNAT ${runMark} -j MASQUERADE`,
  `ip6tables -w 5 -t nat -[ID] (?:PREROUTING|OUTPUT) (?:(?:! )?-d ${address6}/128 )?${protocol} -m addrtype --dst-type LOCAL ${runMark} -j DNAT --to-destination (?:${address6}|\\[${address6}\\]:\\d+)`,
  `ip6tables -w 5 -t filter -[ID] FORWARD -d ${address6}/128 -o ${link} ${protocol} -m conntrack --ctstate DNAT ${runMark} -j ACCEPT`,
  `ip6tables -w 5 -t nat -[ID] POSTROUTING (?:-s ${cidr6} )?-d ${address6}/128 -o ${link} -m conntrack --ctstate DNAT ${runMark} -j MASQUERADE`,
  `nft add rule ip6 ${table} (?:prerouting|output) (?:ip6 daddr (?:!= )?${address6} )?${nftPort} fib daddr type local dnat to (?:${address6}|\\[${address6}\\]:\\d+) ${nftRunMark}`,
  `nft add rule ip6 ${table} forward ip6 daddr ${address6} oifname ${quoted} ${nftPort} ct status dnat accept ${nftRunMark}`,
  `nft add rule ip6 ${table} postrouting (?:ip6 saddr ${cidr6} )?ip6 daddr ${address6} oifname ${quoted} ct status dnat masquerade ${nftRunMark}`,
  `conntrack -D -f ipv6 --dst-nat ${address6}`,
  'nft -f -',
  `nft create table ip6? ${table}`,
  `nft delete table ip6? ${table}`,
  `nft add chain ip6? ${table} [a-z]+ \\{ type (?:filter|nat) hook [a-z]+ priority (?:filter|srcnat|dstnat|raw|-100) ; policy accept ; \\}`,
  `nft add rule ip6? ${table} forward iifname ${quoted} oifname (?:!= )?${quoted} accept ${nftMark}`,
  `nft add rule ip6? ${table} forward oifname ${quoted} ct state established,related accept ${nftMark}`,
  `nft add rule ip6 ${table} postrouting ip6 saddr ${cidr6} oifname != ${quoted} masquerade ${nftMark}`,
  `nft add rule ip ${table} postrouting ip saddr ${cidr} (?:ip daddr != ${cidr} )?oifname != ${quoted} masquerade ${nftMark}`,
  `nft add rule ip ${table} loopback iifname ${quoted} ip daddr 127.0.0.0/8 drop ${nftMark}`,
  `nft add rule ip ${table} (?:prerouting|output) (?:ip daddr ${address} )?${nftPort} fib daddr type local dnat to ${address}(?::\\d+)? ${nftRunMark}`,
  `nft add rule ip ${table} forward ip daddr ${address} oifname ${quoted} ${nftPort} ct status dnat accept ${nftRunMark}`,
  `nft add rule ip ${table} postrouting (?:ip saddr ${cidr} )?ip daddr ${address} oifname ${quoted} ct status dnat masquerade ${nftRunMark}`,
  `conntrack -D --dst-nat ${address}`,
  'kill -s KILL \\d+',
].map((pattern) => new RegExp(`^${pattern}$`));

const strict = new Set(['ip', 'iptables', 'ip6tables', 'sysctl', 'kill', 'conntrack', 'nft']);

/** Bytes: the limit for one argument (execve(2), MAX_ARG_STRLEN). */
const longest = 131_072;

/** The words of a command that ctr writes, without the user's command. */
function ownWords(argv: readonly string[]): readonly string[] {
  const gate = argv.findIndex((word) => word.startsWith('read -r pid ')) + 1;
  return argv[0] === 'env' && gate > 0 ? argv.slice(0, gate) : argv;
}

function complaintsAbout(argv: readonly string[]): readonly string[] {
  const complaints: string[] = [];
  const [program = ''] = argv;
  const inner =
    program === 'nsenter'
      ? argv.slice(argv.findIndex((word, at) => at > 2 && !word.startsWith('-')))
      : argv;
  for (const tool of [program, inner[0] ?? '']) {
    if (!neededTools.includes(tool) && !['conntrack', 'nft'].includes(tool))
      complaints.push(`${tool} is no tool of ours`);
  }
  for (const word of argv) {
    if (word.includes('\0')) complaints.push('a NUL in a word');
    if (Buffer.byteLength(word) >= longest) complaints.push('a word that execve(2) does not take');
  }
  if (strict.has(inner[0] ?? '')) {
    // Replaces spaces inside words, since the line separates words by spaces.
    const line = inner.map((word) => word.replaceAll(' ', '␣')).join(' ');
    if (!grammar.some((pattern) => pattern.test(line)))
      complaints.push(`not as it should be: ${line}`);
  } else {
    for (const word of ownWords(argv)) {
      if (word.startsWith('-') && !options.has(word) && !/^-all,\+/.test(word)) {
        complaints.push(`an option out of data: ${word}`);
      }
      // A variable's value may be anything, and so may the user's command as one argument for script(1).
      const free = /^(?:[A-Za-z_][A-Za-z0-9_]*=|exec )/.test(word);
      if (!free && (word === '' || /[^\P{Cc}\n\t]|\p{Cf}/u.test(word))) {
        complaints.push(`an odd word: ${JSON.stringify(word)}`);
      }
    }
  }
  return complaints;
}

/** The commands that one process executes: a batch, or commands for ip(8) in a shell. */
function within(command: Command): readonly Argv[] {
  if (command.batch !== undefined) return command.batch.flatMap(within);
  if (command.argv[0] === 'nft' && typeof command.input === 'object') {
    return [command.argv, ...command.input.map((line): Argv => ['nft', ...line])];
  }
  const blocks =
    typeof command.input === 'string'
      ? [...command.input.matchAll(/^ip -batch - <<'IP'\n(.*?)^IP$/gms)].map(
          ([, lines = '']) => lines,
        )
      : [];
  const lines = blocks.flatMap((block) => block.trimEnd().split('\n'));
  return [command.argv, ...lines.map((line) => ['ip', ...line.split(' ')])];
}

/** The defects in the commands of a plan. Valid for plans of all configs. */
export function lintPlan(plan: Plan): readonly string[] {
  const pids = new Map(plan.lab.containers.map(({ name }, index) => [name, 1000 + index]));
  const commands = plan.steps.flatMap((step) => step.commands);
  const resources = [
    ...commands.flatMap(madeBy),
    ...plan.steps.flatMap((step) => step.inherits ?? []),
  ];
  const names = plan.lab.containers.flatMap(({ attachments }) =>
    attachments.flatMap(({ outer, inner, device }) => [outer, inner, device]),
  );
  return [
    ...commands.flatMap(within).flatMap((argv) => complaintsAbout(fill(argv, pids))),
    ...resources.filter(isRemovable).flatMap((one) => complaintsAbout(fill(removeArgv(one), pids))),
    ...resources
      .filter((one) => !isResource(JSON.parse(JSON.stringify(one))))
      .map((one) => `a resource that a record would not give back: ${JSON.stringify(one)}`),
    ...[...names, ...plan.lab.networks.map(({ bridge }) => bridge)]
      .filter((name) => Buffer.byteLength(name) > 15 || name === '')
      .map((name) => `a name of more than 15 bytes: ${name}`),
  ];
}
