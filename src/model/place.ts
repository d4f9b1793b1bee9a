/** A network namespace that a trace or a diagnosis looks into. */
export type Place = 'host' | 'world' | `container ${string}`;

export function containerPlace(name: string): Place {
  return `container ${name}`;
}
