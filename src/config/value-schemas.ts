import * as z from 'zod/mini';
import { firewalls } from '../model/firewall.ts';
import { addressOrCidrPattern, addressPattern, cidrPattern } from '../model/ipv4.ts';
import { address6Pattern, addressOrCidr6Pattern, cidr6Pattern } from '../model/ipv6.ts';
import { type PortWords, parsePort, portPattern, portProtocols } from '../model/ports.ts';
import type { ValueKind } from './value-problems.ts';

// The schemas of single values, of which schema.ts makes the forms of a config.
//
// The message of a zod error is the expected kind of value; value-problems.ts describes each kind in both languages.
// zod/mini loads in a third of the time of zod: it has no methods, so the bundler can drop unused functions.

export function expected(kind: ValueKind): { readonly error: ValueKind } {
  return { error: kind };
}

export function matching(pattern: RegExp, kind: ValueKind) {
  return z.string().check(z.regex(pattern, expected(kind)));
}

export const defaulted = z._default;
export const about = z.describe;

const hostLabel = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const shortName = /^[a-z][a-z0-9-]{0,30}$/;

export const $schema = z.optional(
  z.string().check(about('For editors: where this schema is. ctr does not read it.')),
);
export const runName = matching(shortName, 'run name').check(
  about('Name of the run: what `ctr ps`, `exec` and `down` call it.'),
);
export const containerKey = matching(shortName, 'container name');
export const networkKey = matching(shortName, 'network name');
export const hostName = matching(hostLabel, 'host name').check(
  about('Host name inside the container: one label (RFC 1123), at most 63 characters.'),
);
export const interfaceName = matching(/^[A-Za-z][A-Za-z0-9_.-]{0,14}$/, 'interface name').check(
  z.refine((name) => !/^(?:all|default|lo|\.+)$/.test(name), expected('free name')),
);
/** Excludes the separators of mount options (mount(8), overlayfs). */
export const rootfsPattern = /^[^\p{Cc},:\\"]+$/u;
export const rootfs = z
  .string()
  .check(
    z.minLength(1, expected('no path')),
    z.regex(rootfsPattern, expected('path for mount')),
    about('Directory with the root file system; a relative path starts at the config file.'),
  );
const argument = z
  .string()
  .check(z.regex(/^[^\0]*$/, expected('argument')), z.maxLength(65_536, expected('argument')));
export const command = z.array(argument).check(
  z.minLength(1, expected('no command')),
  z.refine((words) => words[0] !== '' && !words[0]?.startsWith('-'), {
    ...expected('program'),
    path: [0],
  }),
  about('The program to start and its arguments. Default: ["/bin/sh"].'),
);
export const environment = z
  .record(matching(/^[A-Za-z_][A-Za-z0-9_]*$/, 'variable name'), argument)
  .check(
    about('Environment variables of the command; nothing of your own environment is passed on.'),
  );
export const workingDir = matching(/^\/[^\p{Cc}]*$/u, 'absolute path').check(
  about('Directory the command starts in. Default: "/".'),
);
const macAs = (kind: ValueKind) =>
  matching(/^[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}$/, kind).check(z.toLowerCase());
export const mac = macAs('mac');
const mtuAs = (kind: ValueKind) =>
  z
    .int(expected(kind))
    .check(
      z.gte(68, expected(kind)),
      z.lte(65_535, expected(kind)),
      about('Largest packet in bytes (RFC 791: at least 68).'),
    );
export const mtu = mtuAs('mtu');
export const address = matching(addressPattern, 'address');
export const cidr = matching(cidrPattern, 'subnet');
export const addressOrCidr = matching(addressOrCidrPattern, 'address with or without prefix');
export const address6 = matching(address6Pattern, 'IPv6 address');
export const cidr6 = matching(cidr6Pattern, 'IPv6 subnet');
export const addressOrCidr6 = matching(
  addressOrCidr6Pattern,
  'IPv6 address with or without prefix',
);
export const eitherAddress = matching(
  new RegExp(`${addressPattern.source}|${address6Pattern.source}`),
  'address of either',
);
export const searchDomain = matching(
  /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/,
  'search domain',
);
export const resolverOption = matching(/^[a-z][a-z0-9:-]{0,40}$/, 'resolver option');
export const auto = z.literal('auto');
export const macOrAuto = z.union([auto, macAs('mac or auto')], expected('mac or auto'));
export const mtuOrAuto = z.union([auto, mtuAs('mtu or auto')], expected('mtu or auto'));

export const userNamespace = z
  .boolean()
  .check(
    about(
      'Run the container in its own user namespace: its root is a host user that owns nothing. Default: false.',
    ),
  );

export const limits = z
  .strictObject({
    memory: z.optional(
      z
        .union(
          [
            z
              .int(expected('memory'))
              .check(z.gte(1_048_576, expected('memory')), z.lte(2 ** 50, expected('memory'))),
            z
              .string()
              .check(
                z.regex(/^(?:[1-9]\d{0,5}[MG]|[1-9]\d{3,8}K|[1-9]\d{6,14})$/, expected('memory')),
              ),
          ],
          expected('memory'),
        )
        .check(
          about(
            'Bytes, or a number with K, M or G, as in "64M"; at least 1M (cgroup v2 memory.max).',
          ),
        ),
    ),
    pids: z.optional(
      z
        .int(expected('pids'))
        .check(
          z.gte(1, expected('pids')),
          z.lte(4_194_304, expected('pids')),
          about('How many processes and threads it may have (cgroup v2 pids.max).'),
        ),
    ),
  })
  .check(about('Limits of the container, where cgroup v2 is there.'));

const portSpan = z.union(
  [z.int(expected('port')), z.string().check(z.regex(/^\d{1,5}(?:-\d{1,5})?$/, expected('port')))],
  expected('port'),
);
const isPort = (value: string | PortWords) => parsePort(value) !== undefined;
export const portObject = z
  .strictObject({
    host: portSpan.check(about('A port of the host, or a range as in "8000-8010".')),
    container: portSpan.check(about("The container's port, or a range of the same size.")),
    protocol: z.optional(z.enum(portProtocols, expected('port'))),
    address: z.optional(eitherAddress),
  })
  .check(z.refine(isPort, expected('port')));
export const ports = z
  .array(
    z.union(
      [
        z
          .string()
          .check(z.regex(portPattern, expected('port')), z.refine(isPort, expected('port'))),
        portObject,
      ],
      expected('port'),
    ),
  )
  .check(
    about(
      'Ports of the host that lead to the container: "8080:80", "127.0.0.1:8080:80/tcp", "[2001:db8::1]:8080:80", "8000-8010:80-90/udp", or an object.',
    ),
  );

export const firewall = z
  .enum(firewalls, expected('firewall'))
  .check(
    about(
      'What holds the firewall rules. Default: "iptables". "auto": what the rules of the host are in.',
    ),
  );
