import { type Argv, shellLine, variable } from '../model/command.ts';
import type { Command, Step } from '../model/step.ts';
import type { StepId } from '../model/step-id.ts';
import type { Text } from '../model/text.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { hereDocument } from '../render/input.ts';
import { wrap } from '../render/wrap.ts';
import { type Context, say } from '../run/context.ts';
import { examplePlans, exampleStep, type Tools } from './tools.ts';

const columns = 78;

/** The steps whose commands talk netlink: with the kernel's network, or with its packet rules. */
const talks: readonly StepId[] = [
  'ensure-bridge',
  'create-veth',
  'set-mac',
  'attach-bridge',
  'raise-link',
  'move-link',
  'configure-address',
  'configure-route',
  'allow-forwarding',
  'masquerade',
  'publish-port',
  'create-links',
  'configure-addresses',
  'open-firewall',
  'delete-links',
  'delete-rules',
  'forget-connections',
  'restore-bridges',
];

/** What to say of a step that sends no netlink message; undefined for one that does. */
export function silence(id: StepId): Text | undefined {
  if (talks.includes(id)) return undefined;
  return {
    en: `${id} sends no netlink message: its commands use system calls, such as mount(2), unshare(2) or write(2)`,
    zh: `${id} 不发送 netlink 消息：它的命令使用系统调用，例如 mount(2)、unshare(2)、write(2)`,
  };
}

/**
 * A command as shell text, with strace before what it runs. strace(1) names the messages of a socket only from inside
 * the socket's network namespace, so it goes there together with the command.
 */
function asShell(command: Command, strace: Argv): string {
  const { argv, where } = command;
  const inner = where?.words ?? argv;
  const line = shellLine([...argv.slice(0, argv.length - inner.length), ...strace, ...inner]);
  if (command.input === undefined) return line;
  const { opening, rest } = hereDocument(command);
  return [`${line} ${opening}`, ...rest].join('\n');
}

/** The steps before this one that change networks, in the first example plan that has the step. */
function stepsUntil(tools: Tools, id: string): readonly Step[] {
  for (const { there, back } of examplePlans(tools)) {
    const all = [...there, ...back];
    const at = all.findIndex((step) => step.id === id);
    if (at >= 0) return all.slice(0, at).filter((step) => talks.includes(step.id));
  }
  return [];
}

/** strace writes bytes as \\x6e\\x61\\x74\\x00: a text, a short number, or data that has texts in it. */
function asText(escaped: string): string {
  const bytes = Buffer.from(escaped.replaceAll(/[^\da-f]/g, '').replaceAll('x', ''), 'hex');
  const text = bytes.toString('latin1').replace(/\0+$/, '');
  if (/^[\x20-\x7e]{2,}$/.test(text)) return `"${text}"`;
  if (bytes.length <= 8) return `0x${bytes.toString('hex')}`;
  const texts = text.match(/[\w:.-]{3,}/g) ?? [];
  return `(${bytes.length})${texts.map((one) => ` "${one}"`).join('')}`;
}

/** Fields of the fixed part of a message that are worth a line (rtnetlink(7)). */
const fields =
  /^(?:ifi_(?:index|flags|change)|ifa_(?:prefixlen|index)|rtm_(?:dst_len|table|type)|data)=(?!0$)/;

/** The fixed part, which is the first pair of braces after the header. */
function fixedPart(text: string): readonly string[] {
  const [, body = ''] = /\}, \{([^{}]*)\}/.exec(text) ?? [];
  return body
    .split(', ')
    .filter((one) => fields.test(one))
    .map((one) => one.replaceAll(/"(?:\\x[\da-f]{2})+"/g, asText).replace('=', ' = '));
}

interface Message {
  readonly name: string;
  /** Bytes. */
  readonly length: string;
  readonly flags: string;
  readonly attributes: readonly string[];
}

/** The messages in a line of strace; one call can send several. */
function messagesIn(line: string): readonly Message[] {
  return line
    .split('{nlmsg_len=')
    .slice(1)
    .map((text) => {
      const [, length = '', name = '', flags = ''] =
        /^(\d+), nlmsg_type=([^,]+), nlmsg_flags=([^,]+)/.exec(text) ?? [];
      const attributes = text
        .split(/\{nla_len=\d+, nla_type=/)
        .slice(1)
        .map((one) => {
          const [, type = '', value = ''] = /^([^}]+)\}(?:, )?(.*)$/s.exec(one) ?? [];
          const plain = value
            .replaceAll(/"(?:\\x[\da-f]{2})+"/g, asText)
            .replace(/\], iov_len.*$|\], \{$|, \d+, 0, (?:\{|NULL).*$/s, '')
            .replace(/[\s,[\]{]+$/, '');
          return plain === '' ? type : `${type.padEnd(16)} ${plain}`;
        });
      const all = [...fixedPart(text), ...attributes];
      return { name: name.replace(/^.*<<8\|/, ''), length, flags, attributes: all };
    });
}

/** What was sent to change something, in what strace wrote. */
function sent(trace: string): readonly Message[] {
  return trace
    .split('\n')
    .filter((line) => /\bsend(?:msg|to)\(\d+/.test(line))
    .flatMap(messagesIn)
    .filter(({ name }) => /^RTM_(?:NEW|DEL|SET)|^NFT_MSG_(?:NEW|DEL)|_BATCH_/.test(name));
}

const none: Text = {
  en: 'no netlink message that changes anything',
  zh: '没有更改任何东西的 netlink 消息',
};
const probe: Text = {
  en: 'ip asks what the kernel is capable of; it changes nothing',
  zh: 'ip 询问内核有哪些能力，不做任何更改',
};

function messageLines(
  context: Context,
  { name, length, flags, attributes }: Message,
): readonly string[] {
  // iproute2 begins with a message about no interface, without attributes.
  const asks = name === 'RTM_NEWLINK' && length === '32' && attributes.length === 0;
  const bytes = { en: 'bytes', zh: '字节' }[context.language];
  const head = `${name}  ${length} ${bytes}  ${flags.replaceAll('NLM_F_', '')}`;
  return [
    head,
    ...(asks ? wrap(say(context, probe), columns - 6).map((line) => `  (${line})`) : []),
    ...attributes.flatMap((one) =>
      (one.match(new RegExp(`.{1,${columns - 8}}`, 'gs')) ?? []).map(
        (line, index) => `  ${index === 0 ? '' : '  '}${line}`,
      ),
    ),
  ];
}

/** The part of `ctr explain STEP --netlink` in a sandbox host: makes what the step needs, and runs it under strace(1). */
export async function netlinkInside(context: Context, id: string, tools: Tools): Promise<void> {
  const step = exampleStep(tools, id);
  if (step === undefined) return;
  const run = async (text: string) =>
    await context.runner.run(['sh', '-c', text], { cwd: '/', timeoutMs: 30_000 });
  // It stands for the container's first process: somebody in a network namespace.
  const { stdout } = await run(
    'unshare --net sleep 60 >/dev/null 2>&1 & while [ "$(readlink /proc/$!/ns/net)" = "$(readlink /proc/$$/ns/net)" ]; do sleep 0.02; done; echo $!',
  );
  const first = stdout.trim();
  const setting = `${variable('labex')}=${first}; exec >/dev/null\n`;
  for (const { commands } of stepsUntil(tools, id)) {
    for (const command of commands) await run(`${setting}${asShell(command, [])}`);
  }
  const file = `/run/netlink.${first}`;
  const strace = `strace -f -qq -s 4000 -e trace=sendmsg,sendto -e signal=none -o ${file}`.split(
    ' ',
  );
  for (const command of step.commands) {
    await run(`${setting}${asShell(command, strace)}`);
    const messages = sent((await run(`cat ${file}`)).stdout);
    const line = wrap(`# ${escapeControls(shellLine(command.argv))}`, columns);
    const lines = messages.flatMap((one) => messageLines(context, one));
    const told = lines.length === 0 ? [say(context, none)] : lines;
    context.print([...line, ...told.map((one) => `  ${escapeControls(one)}`)].join('\n'));
  }
  await run(`kill ${first}`);
}
