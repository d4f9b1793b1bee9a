type Value = Readonly<Record<string, unknown>>;

function isValue(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Converts an undo of a version 1 record to the resource that it removes. The schema validates the result. */
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
 * Converts a version 1 record, which stored undos, to version 2, which stores resources. Version 1 always had the
 * merged way back. Returns any other record unchanged.
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

/** The word for a supervisor in the notes, and in the command line, of a run of version 1. */
export const supervisorV1 = { note: 'keeper', mark: 'ctr-keeper' } as const;

/** A note of version 1 as one of version 2. */
export function upgradedNote(note: Value): Value {
  return note.note === supervisorV1.note ? { ...note, note: 'supervisor' } : note;
}
