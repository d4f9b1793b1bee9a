/** The tutorial's config, with some keys changed. */
export function tutorial(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    host_name: 'labex',
    root_dir: './labex',
    ip: '192.168.0.100',
    bridge_name: 'ctr0',
    bridge_ip: '192.168.0.1',
    ...change,
  };
}
