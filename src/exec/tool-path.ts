/** The PATH for tools. ctr never uses the user's PATH, which may contain anything. */
export const toolPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The environment of tools: ctr matches their messages, and they may run as root. */
export const toolEnvironment = { PATH: toolPath, LC_ALL: 'C' } as const;
