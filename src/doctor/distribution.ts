import { readFileSync } from 'node:fs';
import { own } from '../model/own.ts';

/** What os-release(5) says, and the commands of the distribution. */
export interface Distribution {
  readonly name: string;
  readonly family: Family;
}

type Family = 'debian' | 'fedora' | 'arch' | 'alpine' | 'suse';

const installers: Readonly<Record<Family, string>> = {
  debian: 'sudo apt-get install',
  fedora: 'sudo dnf install',
  arch: 'sudo pacman -S',
  alpine: 'sudo apk add',
  suse: 'sudo zypper install',
};

/** Packages whose name differs from Debian's. */
const renamed: Readonly<Record<Exclude<Family, 'debian'>, Readonly<Record<string, string>>>> = {
  fedora: { bsdutils: 'util-linux', iproute2: 'iproute', mount: 'util-linux', procps: 'procps-ng' },
  arch: {
    ...{ bsdutils: 'util-linux', mount: 'util-linux', procps: 'procps-ng' },
    hostname: 'inetutils',
  },
  alpine: {
    ...{ bsdutils: 'util-linux-misc', mount: 'mount', hostname: 'busybox', dash: 'busybox' },
  },
  suse: { bsdutils: 'util-linux', mount: 'util-linux' },
};

const families: Readonly<Record<string, Family>> = {
  ...{ debian: 'debian', ubuntu: 'debian', fedora: 'fedora', rhel: 'fedora', centos: 'fedora' },
  ...{ arch: 'arch', alpine: 'alpine', suse: 'suse', opensuse: 'suse' },
};

/** Parses os-release(5). An unknown distribution is treated as Debian, whose package names are the most common. */
export function parseDistribution(text: string): Distribution {
  const fieldOf = (key: string) =>
    new RegExp(`^${key}=["']?([^"'\\n]*)`, 'm').exec(text)?.[1] ?? '';
  const ids = `${fieldOf('ID')} ${fieldOf('ID_LIKE')}`.split(' ');
  const family = ids.flatMap((id) => own(families, id) ?? [])[0] ?? 'debian';
  return { name: fieldOf('PRETTY_NAME') || 'Linux', family };
}

export function readDistribution(): Distribution {
  try {
    return parseDistribution(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return { name: 'Linux', family: 'debian' };
  }
}

/** The command that installs these packages. @param packages their names in Debian. */
export function install({ family }: Distribution, packages: readonly string[]): string {
  const names = packages.map((name) =>
    family === 'debian' ? name : (own(renamed[family], name) ?? name),
  );
  return `${installers[family]} ${[...new Set(names)].join(' ')}`;
}
