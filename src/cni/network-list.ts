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
