import type { NetworkState } from '../snapshot/snapshot.ts';

/** What is in a network namespace, one line each. */
export function networkLines({
  links,
  routes,
  sysctls,
  firewall,
}: NetworkState): readonly string[] {
  const forwards = Object.entries(sysctls).flatMap(([key, value]) => {
    const name = /^net\/ipv4\/conf\/([^/]+)\/forwarding$/.exec(key)?.[1];
    return value === '1' && name !== undefined && links.some((one) => one.name === name)
      ? [name]
      : [];
  });
  return [
    ...links.map(({ name, up, state, carrier, master, mac, addresses }) =>
      [
        name.padEnd(14),
        `${up ? state : 'off'}${up && !carrier ? ' no-carrier' : ''}`.padEnd(14),
        mac,
        ...(master === undefined ? [] : [`→ ${master}`]),
        ...addresses.filter(({ scope }) => scope === 'global').map(({ address }) => address),
      ].join('  '),
    ),
    ...routes
      .filter(({ table, to }) => table === 'main' && !to.includes(':'))
      .map(({ to, via, dev, linkdown }) =>
        [
          'route',
          to,
          ...(via === undefined ? [] : ['via', via]),
          ...(dev === undefined ? [] : ['dev', dev]),
          ...(linkdown ? ['linkdown'] : []),
        ].join(' '),
      ),
    `forwarding: ${forwards.join(' ') || '–'}`,
    ...firewall
      .filter(({ text }) => text !== 'policy ACCEPT' && !text.startsWith('-N '))
      .map(({ tool, table, chain, text }) =>
        text.startsWith('policy ')
          ? `${tool} -t ${table} ${chain} ${text}`
          : `${tool} -t ${table} ${text}`,
      ),
  ];
}
