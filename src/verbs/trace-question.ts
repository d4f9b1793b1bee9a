import { isIPv4 } from 'node:net';
import type { Question } from '../diagnosis/evidence.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { isAddress6 } from '../model/ipv6.ts';
import type { LabContainer } from '../model/lab.ts';
import { containerPlace, type Place } from '../model/place.ts';
import { worldNames } from '../model/world-addresses.ts';
import type { Context } from '../run/context.ts';
import { type Resolved, resolveName } from '../trace/resolve.ts';
import type { Probe } from '../trace/walk.ts';
import { pidsOf, type Subject } from './subject.ts';

function noTarget(target: string, { name, lab }: Subject): CtrError {
  const six = target.replace(/^\[(.*)\](?::\d+)?$/, '$1');
  if (isAddress6(six)) {
    const inside = lab?.containers[0]?.name;
    const ping =
      inside === undefined ? `ping -6 ${six}` : `ctr exec ${name}/${inside} -- ping -6 ${six}`;
    return new CtrError(
      'no-such-target',
      exitCodes.usage,
      {
        en: `${six} is an IPv6 address: ctr trace and ctr why follow IPv4 packets only`,
        zh: `${six} 是 IPv6 地址：ctr trace 和 ctr why 只跟踪 IPv4 数据包`,
      },
      { try: lab === undefined ? [ping] : [ping, `ctr check ${name}`] },
    );
  }
  return new CtrError(
    'no-such-target',
    exitCodes.usage,
    {
      en: `${target} is no IPv4 address, name, container of ${name}, gateway or world`,
      zh: `${target} 不是 IPv4 地址、域名、${name} 的容器、gateway 或 world`,
    },
    { try: lab === undefined ? ['ctr trace --help'] : [`ctr inspect ${name}`] },
  );
}

function noPort(protocol: string, host: string): CtrError {
  return new CtrError(
    'no-such-target',
    exitCodes.usage,
    { en: `${protocol} needs a port: ${host}:PORT`, zh: `${protocol} 需要端口：${host}:端口` },
    { try: [`${host}:80`] },
  );
}

/** The words that stand for addresses of the lab. */
function addressIn(
  { lab, gateway }: Subject,
  from: LabContainer | undefined,
  target: string,
): string | undefined {
  if (isIPv4(target)) return target;
  if (target === 'world') return worldNames['downloads.example'];
  const [own] = from?.attachments ?? [];
  if (target === 'gateway') return own?.gateway ?? lab?.networks[0]?.gateway ?? gateway;
  const other = lab?.containers.find((one) => one.name === target);
  const near = other?.attachments.find((one) => one.network.name === own?.network.name);
  return (near ?? other?.attachments[0])?.address;
}

/** The target and its port, as in `10.0.0.3:80`. */
function splitTarget(
  target: string,
  subject: Subject,
): { readonly host: string; readonly port?: number } {
  const [, host = '', port] = /^([^:]+)(?::(\d{1,5}))?$/.exec(target) ?? [];
  const number = Number(port ?? 1);
  if (host === '' || number > 65_535 || number < 1) throw noTarget(target, subject);
  return { host, ...(port === undefined ? {} : { port: number }) };
}

/** Who sends: the place, and a process whose network namespace it is. */
function senderOf(
  { name, lab, only, where }: Subject,
  wanted: string | undefined,
): { readonly from: Place; readonly pid: number | 'self' } {
  const container = wanted ?? only ?? lab?.containers[0]?.name ?? name;
  const from: Place = wanted === 'host' || wanted === 'world' ? wanted : containerPlace(container);
  const pid = from === 'host' ? 'self' : pidsOf(where).get(from);
  if (pid !== undefined) return { from, pid };
  throw new CtrError(
    'no-such-container',
    exitCodes.usage,
    from === 'world'
      ? {
          en: `${name} is in no sandbox host, which would have a world`,
          zh: `${name} 不在沙盒主机里，没有 world`,
        }
      : {
          en: `run ${name} has no running container ${container}`,
          zh: `运行实例 ${name} 没有正在运行的容器 ${container}`,
        },
    { try: lab?.containers.map((one) => `${name}/${one.name}`) ?? ['ctr trace --help'] },
  );
}

/** What is asked: the words of the command line, with the name resolved as the sender would. */
export async function questionOf(
  context: Context,
  subject: Subject,
  target: string,
  flags: { readonly protocol?: Probe['protocol']; readonly from?: string },
): Promise<{
  readonly question: Question;
  readonly resolved?: Resolved & { readonly name: string };
}> {
  const { lab } = subject;
  const { host, port } = splitTarget(target, subject);
  const { from, pid } = senderOf(subject, flags.from);
  const protocol = flags.protocol ?? (port === undefined ? 'icmp' : 'tcp');
  if (protocol !== 'icmp' && port === undefined) throw noPort(protocol, host);
  const sender = lab?.containers.find((one) => containerPlace(one.name) === from);
  const known = addressIn(subject, sender, host);
  const asked = {
    ...{ protocol, from },
    ...(port === undefined || protocol === 'icmp' ? {} : { port }),
  };
  if (known !== undefined) return { question: { ...asked, to: known } };
  const resolved = { ...(await resolveName(context.runner, pid, host)), name: host };
  if ('address' in resolved) {
    return { question: { ...asked, to: resolved.address, name: host }, resolved };
  }
  const { server, said } = resolved;
  const question = { ...asked, to: server ?? '', unresolved: { name: host, said } };
  return { question, resolved };
}
