type Value = Readonly<Record<string, unknown>>;

function isValue(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An undo of a record of version 1 as the resource that it removes. What it is worth is for the schema to say. */
function fromUndo(undo: unknown): unknown {
  if (!isValue(undo)) return undo;
  const { kind, link, value, ours, ...rest } = undo;
  switch (kind) {
    case 'delete-link':
      return { kind: 'link', name: link, ...rest };
    case 'restore-bridge':
      return { kind: 'bridge-settings', link, ...rest };
    case 'restore-sysctl':
      return { kind: 'sysctl', value: ours, before: value, ...rest };
    case 'delete-rule':
      return { kind: 'firewall-rule', ...rest };
    case 'end-container':
      return { kind: 'process', container: rest.container };
    case 'remove-cgroup':
      return { kind: 'cgroup', mount: rest.mount, cgroup: rest.cgroup };
    default:
      return undo;
  }
}

function fromFacts(facts: unknown): unknown {
  if (!isValue(facts) || !isValue(facts.shared)) return facts;
  const shared = Object.entries(facts.shared).map(([name, undo]) => [name, fromUndo(undo)]);
  return { ...facts, shared: Object.fromEntries(shared) };
}

/**
 * A record of version 1, which stored undos, as one of version 2, which stores resources. Its way back was always
 * a merged one. Any other record is returned as it is.
 */
export function upgraded(record: Value): Value {
  const { version, undos, facts, ...rest } = record;
  if (version !== 1 || !Array.isArray(undos)) return record;
  return {
    ...rest,
    version: 2,
    order: 'lanes',
    resources: undos.map(fromUndo),
    facts: fromFacts(facts),
  };
}
