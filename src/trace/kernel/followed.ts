/** What tells the probe from everything else that the machine sends. */
export interface Sought {
  /** What the sender wrote to the trace just before it became the program that sends. */
  readonly mark: string;
  /** IPv4 address of the target. */
  readonly destination: string;
  /** Bytes of the IP packet, where known. */
  readonly length?: number | undefined;
}

/**
 * `copy` is a clone, as a bridge makes for each port when it floods; `arp` asks for a neighbour of the probe or of the
 * answer, or tells about one. `other` is any other packet caused by it: a redirect (RFC 792) while it was passed on, or an answer
 * to the answer.
 */
export type Role = 'probe' | 'answer' | 'copy' | 'arp' | 'other';

interface Common {
  /** Milliseconds since the sender started. */
  readonly ms: number;
  readonly role: Role;
  readonly direction: 'there' | 'back';
  /** The same for all events of one buffer. */
  readonly packet: number;
  /** False where it may as well be the packet of somebody else. */
  readonly sure: boolean;
}

/** What the kernel did with the probe or what came of it. */
export type KernelEvent = Common &
  (
    | {
        readonly event: 'queue' | 'receive' | 'hand-over';
        readonly device: string;
        readonly length: number;
      }
    | {
        readonly event: 'drop';
        readonly reason?: string;
        readonly location: string;
        /** The device where it was seen last; absent before the first. */
        readonly device?: string;
      }
    /** Given back without a loss: taken by a socket, or answered. */
    | { readonly event: 'free'; readonly device?: string }
    | {
        readonly event: 'lookup';
        readonly table: number;
        readonly source: string;
        readonly destination: string;
        readonly device: string;
        readonly gateway: string;
        readonly error: number;
      }
    | {
        readonly event: 'neighbour';
        readonly device: string;
        readonly address: string;
        readonly state: string;
      }
  );

export interface Followed {
  readonly events: readonly KernelEvent[];
  /** Whether the sender was found. */
  readonly found: boolean;
  /** How many packets may be the probe: more than one where others waited for the same neighbour. */
  readonly candidates: number;
}

/** The fields that only this kind of event has. */
export type Said = KernelEvent extends infer Each
  ? Each extends KernelEvent
    ? Omit<Each, keyof Common>
    : never
  : never;
