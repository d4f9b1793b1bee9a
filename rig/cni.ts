import { execa } from 'execa';

/** What an engine passes besides the configuration; absent variables are empty, as engines leave them. */
export interface Parameters {
  readonly id?: string;
  readonly netns?: string;
  readonly ifname?: string;
  readonly args?: string;
  /** Further variables, or other values of those above. */
  readonly more?: Readonly<Record<string, string>>;
}

/** The JSON that a plugin printed, as far as tests look at it. */
export interface Printed {
  readonly cniVersion?: string;
  readonly supportedVersions?: readonly string[];
  readonly interfaces?: readonly {
    readonly name: string;
    readonly mac?: string;
    readonly sandbox?: string;
    readonly mtu?: number;
  }[];
  readonly ips?: readonly {
    readonly version?: string;
    readonly address: string;
    readonly gateway?: string;
    readonly interface?: number;
  }[];
  readonly routes?: readonly { readonly dst: string; readonly gw?: string }[];
  readonly dns?: Readonly<Record<string, unknown>>;
  readonly code?: number;
  readonly msg?: string;
  readonly details?: string;
}

export interface Answer {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
  /** Empty when it printed nothing; undefined when it printed anything but one JSON object. */
  readonly json: Printed | undefined;
}

/** Debian's directory of CNI plugins (containernetworking-plugins). */
export const debianPlugins = '/usr/lib/cni';

/** The environment of a daemon: no PATH of a version manager, and none of ctr's own variables. */
const bare = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

export function environmentOf(
  command: string,
  { id = '', netns = '', ifname = '', args, more = {} }: Parameters,
): Readonly<Record<string, string>> {
  return {
    ...bare,
    CNI_COMMAND: command,
    CNI_CONTAINERID: id,
    CNI_NETNS: netns,
    CNI_IFNAME: ifname,
    CNI_PATH: debianPlugins,
    ...(args === undefined ? {} : { CNI_ARGS: args }),
    ...more,
  };
}

function objectIn(text: string): Printed | undefined {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Calls a plugin as an engine does, and waits until nothing holds its output open. */
export async function callPlugin(
  file: string,
  command: string,
  config: unknown,
  parameters: Parameters = {},
  enter: readonly string[] = [],
): Promise<Answer> {
  const [program = '', ...rest] = [...enter, file];
  const ended = await execa(program, rest, {
    reject: false,
    extendEnv: false,
    env: environmentOf(command, parameters),
    input: typeof config === 'string' ? config : JSON.stringify(config),
    timeout: 60_000,
    stripFinalNewline: false,
  });
  const out = String(ended.stdout);
  return { code: ended.exitCode, out, err: String(ended.stderr), json: objectIn(out) };
}
