import { CtrError, exitCodes } from '../model/errors.ts';

/** Where a config comes up: on this host or in a sandbox host. */
export type Here = 'host' | 'sandbox';

/**
 * Root uses this host, others a sandbox host, unless a flag says otherwise.
 * @param does `plan` only reads the host, and needs no root for that.
 * @throws CtrError: wrong usage (2) for both flags, not ready (4) to change the host without root.
 */
export function settleHost(
  flags: { readonly sandbox?: boolean; readonly host?: boolean },
  does: 'change' | 'plan',
): Here {
  if (flags.sandbox === true && flags.host === true) {
    throw new CtrError('both-hosts', exitCodes.usage, {
      en: '--sandbox and --host cannot be used together',
      zh: '--sandbox 和 --host 不能同时使用',
    });
  }
  const root = (process.geteuid?.() ?? 0) === 0;
  if (flags.sandbox === true) return 'sandbox';
  if (root) return 'host';
  if (flags.host !== true) return 'sandbox';
  if (does === 'plan') return 'host';
  throw new CtrError(
    'host-needs-root',
    exitCodes.notReady,
    {
      en: "--host changes this machine's own network, which needs root",
      zh: '--host 会改动这台机器自己的网络，需要 root',
    },
    {
      try: [
        'sudo "$(command -v node)" "$(command -v ctr)" up FILE',
        {
          en: 'ctr up --sandbox FILE, which needs no root',
          zh: 'ctr up --sandbox FILE，不需要 root',
        },
      ],
    },
  );
}
