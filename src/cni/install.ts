import { shellQuote } from '../model/command.ts';
import { supportedVersions } from './versions.ts';

/** The line by which ctr knows a wrapper as its own. */
export const wrapperMark = '# Written by ctr cni install.';

/**
 * The plugin that engines call: absolute paths, since an engine's PATH is its daemon's. It answers VERSION itself, which
 * engines ask before every ADD and DEL, and spares them a start of Node.
 */
export function wrapperText(program: readonly string[]): string {
  const versions = supportedVersions.map((one) => `"${one}"`).join(',');
  const newest = supportedVersions.at(-1) ?? '';
  return `#!/bin/sh
${wrapperMark}
if [ "$CNI_COMMAND" = VERSION ]; then
  asked=
  while IFS= read -r line || [ -n "$line" ]; do asked=$asked$line; done
  case $asked in
    *'"cniVersion"'*) asked=\${asked#*'"cniVersion"'} asked=\${asked#*\\"} asked=\${asked%%\\"*} ;;
  esac
  case $asked in ${supportedVersions.join(' | ')}) ;; *) asked=${newest} ;; esac
  printf '{"cniVersion":"%s","supportedVersions":[${versions}]}\\n' "$asked"
  exit 0
fi
exec ${program.map(shellQuote).join(' ')}
`;
}

/**
 * A network configuration list. Versions before 1.1 of libcni take \`cniVersion\`, later ones the highest of
 * \`cniVersions\`, with GC and STATUS.
 */
export function listText(type: string): string {
  return listOf(type, {}, '10.99.0.0/16');
}

/** @param more further keys of ctr's part. */
export function listOf(type: string, more: object, subnet: string): string {
  return `${JSON.stringify(
    {
      cniVersion: '1.0.0',
      cniVersions: ['0.4.0', '1.0.0', '1.1.0'],
      name: 'ctr',
      plugins: [
        {
          type,
          bridge: 'cni-ctr0',
          isDefaultGateway: true,
          ipMasq: true,
          ...more,
          hairpinMode: true,
          ipam: { type: 'ctr', subnet },
          capabilities: { ips: true, mac: true, dns: true, portMappings: true },
        },
      ],
    },
    null,
    2,
  )}\n`;
}
