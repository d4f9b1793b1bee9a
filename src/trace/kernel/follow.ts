import type { KernelTrace, RawEvent } from './events.ts';
import type { Followed, KernelEvent, Said, Sought } from './followed.ts';
import { isSameTurn, type Life, lookupOf, type Work } from './life.ts';
import {
  arpLength,
  askedFor,
  type DeviceEvent,
  failedNext,
  isAbout,
  isNeighbourEvent,
  type Neighbour,
  type NeighbourEvent,
} from './neighbour.ts';
import { type Answered, type Found, followed } from './rivals.ts';
import { senderIn } from './sender.ts';

const ethertype = { ip: 0x0800, arp: 0x0806 } as const;

const ethernetHeader = 14;

/** A task frees what its sockets had received, when it closes them. */
const ownSocket = /purge|close|release|destroy|recvmsg|_read/;

class Follower {
  private readonly found: Found[] = [];
  /** Packets that were sent when the neighbour became known for which the sender waited. */
  private readonly rivals: number[] = [];
  private packets = 0;
  private readonly answers = new Map<number, Answered>();
  private readonly lives = new Map<string, Life>();
  private readonly work = new Map<number, Work>();
  /** By CPU: the neighbour whose waiting packets are being sent. */
  private readonly known = new Map<number, Neighbour>();
  /**
   * What the sender's packet waits for. While the sender is still in the call that asked, only the answer to its own
   * question ends that: interfaces of other namespaces may have the same name, and the same neighbour.
   */
  private waiting: (Neighbour & { readonly ownQuestion: boolean }) | undefined;

  private readonly events: readonly RawEvent[];
  private readonly sought: Sought;
  private readonly sender: number;
  private readonly began: number;

  constructor(events: readonly RawEvent[], sought: Sought, sender: number, began: number) {
    this.events = events;
    this.sought = sought;
    this.sender = sender;
    this.began = began;
  }

  follow(): void {
    for (const [at, one] of this.events.entries()) {
      if (one.byTask) this.work.delete(one.cpu);
      if (one.time >= this.began) this.take(one, at);
    }
  }

  private take(one: RawEvent, at: number): void {
    if (one.event === 'queue') this.queue(one, at);
    else if (one.event === 'receive' || one.event === 'hand-over') this.pass(one);
    else if (one.event === 'drop') this.drop(one, at);
    else if (one.event === 'free') this.free(one);
    else if (one.event === 'lookup') this.lookUp(one);
    else if (isNeighbourEvent(one)) this.neighbour(one);
  }

  private isSender(one: RawEvent): boolean {
    return one.byTask && one.pid === this.sender;
  }

  private note({ time }: RawEvent, { role, direction, packet, root }: Life, said: Said): void {
    if (role === undefined) return;
    const ms = Math.round((time - this.began) * 1e6) / 1000;
    const common = { ms, role, direction, packet, sure: true };
    this.found.push({ said: { ...common, ...said } as KernelEvent, root });
  }

  private born(last: RawEvent, kind: Partial<Pick<Life, 'role' | 'direction' | 'root'>>): Life {
    if (kind.role === undefined) return { packet: 0, root: 0, direction: 'there', last };
    this.packets += 1;
    return { packet: this.packets, root: this.packets, direction: 'there', last, ...kind };
  }

  /** The role of a packet that was created while another one was being processed. */
  private childOf(work: Work, one: RawEvent, isArp: boolean): Life {
    const { role, direction, root } = work.life;
    if (role === undefined) return this.born(one, {});
    if (isArp || role === 'arp') return this.born(one, { role: 'arp', direction, root });
    const [first, ...later] = work.lookups;
    const answers = later.some(({ destination }) => destination === first?.source);
    if (!answers) return this.born(one, { role: 'copy', direction, root });
    const turned = direction === 'there' ? 'back' : 'there';
    if (role === 'answer' || role === 'other') {
      return this.born(one, { role: 'other', direction: turned, root });
    }
    const answer = this.born(one, { role: 'answer', direction: turned, root });
    this.answers.set(answer.packet, { to: work.life.packet, at: this.found.length });
    return answer;
  }

  private current(one: RawEvent): Work | undefined {
    const work = one.byTask ? undefined : this.work.get(one.cpu);
    return work?.pid === one.pid ? work : undefined;
  }

  private queued(one: DeviceEvent, at: number): Life {
    const before = this.lives.get(one.buffer);
    // A bridge through which this namespace itself sends queues the same buffer again, at a port.
    if (before !== undefined && isSameTurn(before.last, one)) return before;
    if (one.byTask) {
      if (!this.isSender(one)) return this.born(one, {});
      const asked = askedFor(this.events, at, one);
      if (asked !== undefined) {
        this.waiting = { device: asked.device, address: asked.address, ownQuestion: true };
        return this.born(one, { role: 'arp' });
      }
      return this.born(one, { role: 'probe' });
    }
    const work = this.current(one);
    if (before !== undefined && work?.life === before) return before;
    const neighbour = this.known.get(one.cpu);
    if (neighbour !== undefined && neighbour.device === one.device) {
      if (before !== undefined && isAbout(before.waiting, neighbour)) return before;
      if (this.isWaitedFor(neighbour, one) && this.hasLength(one.length)) {
        const rival = this.born(one, { role: 'probe' });
        this.rivals.push(rival.packet);
        return rival;
      }
      return this.born(one, {});
    }
    if (work !== undefined) {
      return this.childOf(work, one, askedFor(this.events, at, one) !== undefined);
    }
    return this.born(one, {});
  }

  private isWaitedFor(neighbour: Neighbour, one: RawEvent): boolean {
    if (!isAbout(this.waiting, neighbour)) return false;
    return this.waiting?.ownQuestion !== true || this.current(one)?.life.role === 'arp';
  }

  private hasLength(length: number): boolean {
    const wanted = this.sought.length;
    return wanted === undefined ? length !== arpLength : length === wanted + ethernetHeader;
  }

  private queue(one: DeviceEvent, at: number): void {
    const life = this.queued(one, at);
    this.lives.set(one.buffer, life);
    this.saw(life, one);
    life.waiting = undefined;
  }

  private saw(life: Life, one: DeviceEvent): void {
    const { event, device, length } = one;
    life.last = one;
    life.device = device;
    this.note(one, life, { event, device, length });
  }

  private pass(one: DeviceEvent): void {
    const before = this.lives.get(one.buffer);
    const { last } = before ?? {};
    // The same buffer at the same place again: it has been another packet's since.
    const anew = last?.event === one.event && 'device' in last && last.device === one.device;
    const life = before === undefined || anew ? this.born(one, {}) : before;
    this.lives.set(one.buffer, life);
    this.saw(life, one);
    if (one.byTask) return;
    if (one.event === 'receive') this.work.set(one.cpu, { life, pid: one.pid, lookups: [] });
    else this.stopWork(one, life);
  }

  private stopWork({ cpu }: RawEvent, life: Life | undefined): void {
    if (life !== undefined && this.work.get(cpu)?.life === life) this.work.delete(cpu);
  }

  private drop(one: Extract<RawEvent, { event: 'drop' }>, at: number): void {
    const life = this.lives.get(one.buffer);
    const { reason, location } = one;
    const why = { event: 'drop', location, ...(reason === undefined ? {} : { reason }) } as const;
    this.lives.delete(one.buffer);
    if (life?.role !== undefined) {
      const { device } = life;
      this.note(one, life, { ...why, ...(device === undefined ? {} : { device }) });
    } else {
      const made = this.droppedUnseen(one, at);
      if (made !== undefined) this.note(one, made, why);
    }
    this.stopWork(one, life);
  }

  /** Packets that are dropped before a device sees them. */
  private droppedUnseen(one: Extract<RawEvent, { event: 'drop' }>, at: number): Life | undefined {
    const { protocol, location } = one;
    if (this.isSender(one)) {
      if (protocol === ethertype.arp) return this.born(one, { role: 'arp' });
      if (protocol !== ethertype.ip || ownSocket.test(location)) return undefined;
      return this.born(one, { role: 'probe' });
    }
    if (protocol !== ethertype.ip) return undefined;
    const failed = failedNext(this.events, at, one.cpu);
    if (failed !== undefined) {
      // All that wait for this neighbour are dropped, and the probe is one of them.
      return isAbout(this.waiting, failed) ? this.born(one, { role: 'probe' }) : undefined;
    }
    const work = this.current(one);
    if (work === undefined) return undefined;
    const child = this.childOf(work, one, false);
    return child.role === 'answer' ? child : undefined;
  }

  private free(one: Extract<RawEvent, { event: 'free' }>): void {
    const life = this.lives.get(one.buffer);
    if (life === undefined) return;
    this.lives.delete(one.buffer);
    const { device } = life;
    this.note(one, life, { event: 'free', ...(device === undefined ? {} : { device }) });
    this.stopWork(one, life);
  }

  private lookUp(one: Extract<RawEvent, { event: 'lookup' }>): void {
    const { table, source, destination, device, gateway, error, protocol } = one;
    if (protocol === 0 && source === '0.0.0.0') return;
    const work = this.current(one);
    work?.lookups.push(one);
    const mine = this.isSender(one) && destination === this.sought.destination;
    const asks = mine ? this.anyProbe(one) : work?.life;
    if (asks?.role === undefined || asks.role === 'arp') return;
    const said = { event: 'lookup', table, source, destination, device, gateway, error } as const;
    const last = this.found.at(-1)?.said;
    const twice =
      last?.event === 'lookup' && last.destination === destination && last.device === device;
    if (!twice) this.note(one, lookupOf(asks, work, one), said);
  }

  private neighbour(one: NeighbourEvent): void {
    const { event, device, address, state } = one;
    const said = { event: 'neighbour', device, address, state } as const;
    if (event === 'neighbour-asked') {
      if (state !== 'incomplete') return;
      const work = this.current(one);
      if (work !== undefined) {
        work.life.waiting = { device, address };
        this.note(one, work.life, said);
      } else if (this.isSender(one)) {
        this.waiting = { device, address, ownQuestion: false };
        this.note(one, this.anyProbe(one), said);
      }
      return;
    }
    const isOurs = this.isWaitedFor(one, one);
    const waiter = [...this.lives.values()].find(
      (life) => life.role !== undefined && isAbout(life.waiting, one),
    );
    const whose = waiter ?? (isOurs ? this.anyProbe(one) : undefined);
    if (event === 'neighbour-update') {
      this.known.set(one.cpu, { device, address });
    } else if (event === 'neighbour-updated') {
      this.known.delete(one.cpu);
      if (whose !== undefined) this.note(one, whose, said);
      if (isOurs) this.waiting = undefined;
    } else {
      this.work.delete(one.cpu);
      if (whose !== undefined && state === 'failed') this.note(one, whose, said);
    }
  }

  private anyProbe(last: RawEvent): Life {
    return { packet: 0, root: 0, role: 'probe', direction: 'there', last };
  }

  result(): Followed {
    return followed(this.found, this.rivals, this.answers);
  }
}

/**
 * Picks the probe's events from those of the whole machine. A packet is the probe's if the sender's task queued or lost
 * it, or if it was sent when the neighbour became known for which the sender waited; and what the kernel makes while it
 * works on such a packet comes of it: clones, answers, ICMP errors.
 */
export function follow({ events }: KernelTrace, sought: Sought): Followed {
  const sender = senderIn(events, sought);
  if (sender === undefined) return { events: [], found: false, candidates: 0 };
  const follower = new Follower(events, sought, sender.pid, sender.began);
  follower.follow();
  return follower.result();
}
