import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { basename, resolve } from 'node:path';
import { exampleAddresses, mostNodes, nodeFiles } from '../cni/example.ts';
import { readLogs } from '../cni/log.ts';
import { listText } from '../cni/network-list.ts';
import { wrapperMark, wrapperText } from '../cni/wrapper.ts';
import { program } from '../exec/program.ts';
import { sayErrno } from '../model/errno.ts';
import { CtrError, exitCodes } from '../model/errors.ts';
import { escapeControls } from '../render/escape-controls.ts';
import { printResult } from '../render/result.ts';
import { type Context, say } from '../run/context.ts';

export interface InstallFlags {
  readonly netDir?: string;
  /** The plugin's file name, which is the `type` of a network configuration. */
  readonly type?: string;
}

interface Files {
  readonly plugin: string;
  readonly network: string;
}

function filesOf(directory: string | undefined, { netDir, type = 'ctr' }: InstallFlags): Files {
  return {
    plugin: `${resolve(directory ?? '/opt/cni/bin')}/${type}`,
    network: `${resolve(netDir ?? '/etc/cni/net.d')}/10-ctr.conflist`,
  };
}

function isOurPlugin(path: string): boolean {
  return !existsSync(path) || readFileSync(path, 'utf8').includes(wrapperMark);
}

/** A list that somebody has adapted is theirs. */
function isOurList(path: string, type: string): boolean {
  return !existsSync(path) || readFileSync(path, 'utf8') === listText(type);
}

function write(path: string, text: string, mode: number): void {
  try {
    mkdirSync(resolve(path, '..'), { recursive: true });
    writeFileSync(path, text, { mode });
    chmodSync(path, mode);
  } catch (error) {
    const why = sayErrno(error as NodeJS.ErrnoException);
    throw new CtrError('cannot-write', exitCodes.notReady, {
      en: `cannot write ${path}: ${why.en}`,
      zh: `无法写入 ${path}：${why.zh}`,
    });
  }
}

/** `ctr cni install`: the wrapper that engines call as a CNI plugin, and a network configuration list for it. */
export function cniInstall(
  context: Context,
  directory: string | undefined,
  flags: InstallFlags,
): number {
  const files = filesOf(directory, flags);
  const { plugin, network } = files;
  if (!isOurPlugin(plugin)) {
    throw new CtrError(
      'directory-taken',
      exitCodes.notReady,
      {
        en: `${plugin} exists, and ctr did not write it`,
        zh: `${plugin} 已存在，而且不是 ctr 写的`,
      },
      { try: ['ctr cni install --type ctrnet'] },
    );
  }
  write(plugin, wrapperText(program()), 0o755);
  const kept = !isOurList(network, basename(plugin));
  if (!kept) write(network, listText(basename(plugin)), 0o644);
  if (context.json) printResult(context, 'cni install', files);
  else {
    context.print(plugin);
    context.print(network);
    if (kept && !context.quiet) {
      context.tell(
        say(context, {
          en: `${network} differs from what ctr writes, so it was kept`,
          zh: `${network} 与 ctr 写的内容不同，因此保留不动`,
        }),
      );
    }
    if (!context.quiet) {
      context.tell(say(context, { en: 'undo: ctr cni remove', zh: '撤销：ctr cni remove' }));
    }
  }
  return exitCodes.done;
}

/** `ctr cni remove`: the undo of `install`; keeps what ctr did not write. */
export function cniRemove(
  context: Context,
  directory: string | undefined,
  flags: InstallFlags,
): number {
  const { plugin, network } = filesOf(directory, flags);
  const removed = [
    ...(existsSync(plugin) && isOurPlugin(plugin) ? [plugin] : []),
    ...(existsSync(network) && isOurList(network, basename(plugin)) ? [network] : []),
  ];
  for (const path of removed) rmSync(path);
  if (context.json) printResult(context, 'cni remove', { removed });
  else for (const path of removed) context.print(path);
  return exitCodes.done;
}

export interface ExampleFlags {
  readonly nodes: string;
  /** IPv4 addresses of the nodes, with commas between them. */
  readonly addresses?: string;
}

/** @throws CtrError when they are not one IPv4 address for each node. */
function nodeAddresses(words: string, count: number): readonly string[] {
  const all = words.split(',').map((one) => one.trim());
  if (all.length === count && all.every((one) => isIPv4(one)) && new Set(all).size === count) {
    return all;
  }
  throw new CtrError('invalid-argument', exitCodes.usage, {
    en: `--addresses must be ${count} different IPv4 addresses with commas between them, not ${words}`,
    zh: `--addresses 必须是 ${count} 个互不相同的 IPv4 地址，用逗号分隔，不能是 ${words}`,
  });
}

/** `ctr cni example`: the files of several nodes whose containers reach each other. */
export function cniExample(
  context: Context,
  directory: string | undefined,
  { nodes, addresses }: ExampleFlags,
): number {
  const count = Number(nodes);
  if (!Number.isInteger(count) || count < 2 || count > mostNodes) {
    throw new CtrError('invalid-argument', exitCodes.usage, {
      en: `--nodes must be a number from 2 to ${mostNodes}, not ${nodes}`,
      zh: `--nodes 必须是 2 到 ${mostNodes} 之间的数，不能是 ${nodes}`,
    });
  }
  const base = resolve(directory ?? 'ctr-nodes');
  const given = addresses === undefined ? exampleAddresses(count) : nodeAddresses(addresses, count);
  const files = nodeFiles(given).map(({ path, text }) => ({ path: `${base}/${path}`, text }));
  const taken = files.find(({ path }) => existsSync(path));
  if (taken !== undefined) {
    throw new CtrError('directory-taken', exitCodes.notReady, {
      en: `${taken.path} exists`,
      zh: `${taken.path} 已存在`,
    });
  }
  for (const { path, text } of files) write(path, text, 0o644);
  const paths = files.map(({ path }) => path);
  if (context.json) printResult(context, 'cni example', { files: paths });
  else for (const path of paths) context.print(path);
  return exitCodes.done;
}

/** `ctr cni log`: what engines had ctr do, command by command. */
export function cniLog(context: Context, container: string | undefined): number {
  const lines = readLogs(context.stateDir, container);
  if (context.json) {
    printResult(context, 'cni log', { lines });
    return exitCodes.done;
  }
  let last = '';
  for (const { at, command, container: id, ifname, network, ran, why, result } of lines) {
    const head = `${command} ${id.slice(0, 12)} ${ifname} ${network}`;
    if (head !== last) context.print(escapeControls(`${at}  ${head}`));
    last = head;
    if (ran === undefined) context.print(escapeControls(`  ${result}`));
    else context.print(escapeControls(`  ${ran}${result === 'done' ? '' : `   # ${result}`}`));
    if (context.verbose && why !== undefined) context.print(escapeControls(`      ${why}`));
  }
  return exitCodes.done;
}
