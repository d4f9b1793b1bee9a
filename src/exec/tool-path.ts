/** Where tools are looked up: never in the user's PATH, which may hold anything. */
export const toolPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a command gets to see: its messages are matched on, and it may run as root. */
export const toolEnvironment = { PATH: toolPath, LC_ALL: 'C' } as const;
