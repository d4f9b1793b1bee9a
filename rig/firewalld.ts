import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PrivateHost } from './private-host.ts';
import type { Ran } from './sh.ts';
import { until } from './until.ts';

/** Where scripts/engines.sh has unpacked Debian's packages. */
const root = join(process.cwd(), 'node_modules/.cache/ctr/engines/root');
const libraries = `${root}/usr/lib/x86_64-linux-gnu`;
const environment = [
  `PATH=${root}/usr/bin:${root}/usr/sbin:/usr/sbin:/usr/bin:/sbin:/bin`,
  `LD_LIBRARY_PATH=${libraries}`,
  `PYTHONPATH=${root}/usr/lib/python3/dist-packages`,
  `GI_TYPELIB_PATH=${libraries}/girepository-1.0`,
];

/** Its configuration, its log and the settings of its bus, below the private host's own /run. */
const own = '/run/firewalld-here';

export interface Firewalld {
  /** Runs a line of shell there as root of that host, who has firewall-cmd in the PATH. */
  line(text: string): Promise<Ran>;
  /** Writes a setting of firewalld.conf(5); a reload reads it. */
  set(name: string, value: string): Promise<void>;
}

/** Starts Debian's firewalld, with a D-Bus of its own, inside a private host only; both end with that host. */
export async function startFirewalld(host: PrivateHost): Promise<Firewalld> {
  if (!existsSync(`${root}/usr/sbin/firewalld`))
    throw new Error('first: scripts/engines.sh node_modules/.cache/ctr/engines');
  const line = async (text: string) => await host.run('env', ...environment, 'sh', '-ec', text);
  const started = await line(`mkdir -p /run/dbus ${own}
cp -a ${root}/etc/firewalld ${own}/etc
cat >${own}/bus.conf <<'END'
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy>
</busconfig>
END
dbus-daemon --config-file=${own}/bus.conf --fork --nopidfile
setsid firewalld --nofork --nopid --system-config ${own}/etc --default-config ${root}/usr/lib/firewalld \
  </dev/null >${own}/log 2>&1 &`);
  if (started.code !== 0) throw new Error(started.err);
  await until(async () => (await line('firewall-cmd --state')).code === 0, 20_000);
  return {
    line,
    async set(name, value) {
      const changed = await line(`sed -i 's/^${name}=.*/${name}=${value}/' ${own}/etc/firewalld.conf
firewall-cmd --reload`);
      if (changed.code !== 0) throw new Error(changed.err);
    },
  };
}
