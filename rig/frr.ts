import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PrivateHost } from './private-host.ts';
import { until } from './until.ts';

/** Where scripts/engines.sh has unpacked Debian's packages. */
const root = join(process.cwd(), 'node_modules/.cache/ctr/engines/root');
const libraries = `${root}/usr/lib/x86_64-linux-gnu`;
const environment = `LD_LIBRARY_PATH=${libraries}/frr:${libraries}`;

/** Sockets, pid files and logs of FRR, below the private host's own /run. */
const own = '/run/frr-here';
const daemons = ['zebra', 'bgpd'] as const;

/** zebra and bgpd of Debian's package frr, inside a private host only. */
export interface Frr {
  start(): Promise<void>;
  /** Ends both, as a service is stopped: they tell their peers, and take their routes back. */
  stop(): Promise<void>;
  log(): Promise<string>;
}

/** @param config the file that a user would have as /etc/frr/frr.conf. */
export async function frr(host: PrivateHost, config: string): Promise<Frr> {
  if (!existsSync(`${root}/usr/lib/frr/bgpd`))
    throw new Error('first: scripts/engines.sh node_modules/.cache/ctr/engines');
  await host.hand(
    'mkdir -p /run/frr-etc',
    // A user and groups that the package would make; bgpd and zebra look them up.
    `[ -e /run/frr-etc/passwd ] || {
  { cat /etc/passwd; echo frr:x:0:0::/:/bin/false; } >/run/frr-etc/passwd
  { cat /etc/group; echo frr:x:0:; echo frrvty:x:0:; } >/run/frr-etc/group
  mount --bind /run/frr-etc/passwd /etc/passwd
  mount --bind /run/frr-etc/group /etc/group
}`,
    `mkdir -p ${own}`,
    `cp ${config} ${own}/frr.conf`,
  );
  return {
    async start() {
      for (const name of daemons) {
        // Port 0: nobody logs in over TCP.
        await host.hand(
          `${environment} ${root}/usr/lib/frr/${name} -d -u root -g root -f ${own}/frr.conf -P 0 \
-i ${own}/${name}.pid -z ${own}/zserv.api --vty_socket ${own} --log file:${own}/log >/dev/null 2>&1`,
        );
      }
    },
    async stop() {
      for (const name of [...daemons].reverse()) {
        await host.hand(`kill $(cat ${own}/${name}.pid)`);
        const gone = `! kill -0 $(cat ${own}/${name}.pid) 2>/dev/null`;
        await until(async () => (await host.run('sh', '-c', gone)).code === 0);
      }
    },
    log: async () => (await host.run('tail', '-n', '20', `${own}/log`)).out,
  };
}

/** What takes the user, the groups and the folders back. */
export async function withoutFrr(host: PrivateHost): Promise<void> {
  await host.hand('umount /etc/passwd /etc/group', `rm -rf ${own} /run/frr-etc`);
}
