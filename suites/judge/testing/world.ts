/** Storage in virtual time: what is committed when, and who holds which stream until when. */
import {
  fromMicros,
  toMicros,
  type ActivityEvent,
  type IdempotencyRecord,
  type NewActivityEvent,
  type StreamRecord,
} from '../../../adapters/contract/index.ts';
import type { MachineState } from '../../../adapters/protocol/machine.ts';
import type { Audit } from '../../../scenarios/evidence.ts';
import { rankRows } from '../order.ts';

const START_MICROS = toMicros('2026-03-01T00:00:00.000000Z');

export interface World {
  readonly streams: ReadonlyMap<string, WorldStream>;
  readonly records: Map<string, IdempotencyRecord>;
  readonly events: WorldEvent[];
}

export interface WorldStream {
  readonly seeded: StreamRecord;
  /** When the lock is free again, in ns. */
  freeAt: number;
  state: MachineState;
  /** What readers see from when on, oldest first. */
  readonly versions: { readonly at: number; readonly state: MachineState }[];
}

export interface WorldEvent {
  readonly event: ActivityEvent;
  /** When its transaction committed, in ns. */
  readonly visible: number;
}

export function createWorld(seeded: readonly StreamRecord[]): World {
  const streams = new Map<string, WorldStream>();
  for (const stream of seeded) {
    const { status, revision, releasedAmount, withdrawnAmount, totalAmount } = stream;
    const state = { status, revision, releasedAmount, withdrawnAmount, totalAmount };
    streams.set(stream.id, { seeded: stream, freeAt: 0, state, versions: [{ at: 0, state }] });
  }
  return { streams, records: new Map(), events: [] };
}

/** The storage's clock at `ns` of the run. It ticks slowly, so that many times are equal. */
export function timestampAt(ns: number): string {
  return fromMicros(START_MICROS + BigInt(Math.floor(ns / 20_000) * 20));
}

export function append(world: World, event: NewActivityEvent, stampedAt: number, visible: number): void {
  world.events.push({ event: { ...event, timestamp: timestampAt(stampedAt) }, visible });
}

export function stateAt(stream: WorldStream, at: number): MachineState {
  const version = stream.versions.findLast((one) => one.at <= at) ?? stream.versions[0];
  return (version as { readonly state: MachineState }).state;
}

/** The world's lists, in their order. To be called when nothing is written any more. */
export function listsOf(world: World): { readonly streams: string[]; readonly activity: WorldEvent[] } {
  const created = [...world.streams.values()].map(({ seeded }) => ({
    id: seeded.id,
    time: seeded.createdAt,
  }));
  const ranks = rankRows(world.events.map(({ event }) => ({ id: event.id, time: event.timestamp })));
  const rankOf = ({ event }: WorldEvent): number => ranks.get(event.id) as number;
  return {
    streams: [...rankRows(created).keys()],
    activity: [...world.events].sort((a, b) => rankOf(b) - rankOf(a)),
  };
}

/** Ids of the activity as a scan reads it whose page `n` is read at `timeOf(n)`. */
export function scanActivity(
  activity: readonly WorldEvent[],
  limit: number,
  timeOf: (page: number) => number,
): { readonly ids: string[]; readonly pages: number } {
  const ids: string[] = [];
  let page = 0;
  let inPage = 0;
  for (const { event, visible } of activity) {
    if (visible > timeOf(page)) continue;
    if (inPage === limit) {
      page += 1;
      inPage = 0;
      // The next page is read later, and may see what this one could not.
      if (visible > timeOf(page)) continue;
    }
    ids.push(event.id);
    inPage += 1;
  }
  return { ids, pages: page + 1 };
}

export function auditOf(world: World, reader: Audit['reader']): Audit {
  const streams = [...world.streams.values()].map(({ seeded, state, versions }) => ({
    ...seeded,
    ...state,
    updatedAt: versions.length === 1 ? seeded.updatedAt : timestampAt(versions.at(-1)?.at ?? 0),
  }));
  // Every reader has records of its own, as when they are read from files.
  const activity = world.events.map(({ event }) => structuredCopy(event));
  const idempotency = [...world.records.values()].map(structuredCopy);
  return { reader, streams, activity, idempotency, exports: [], exportAudit: [] };
}

function structuredCopy<T extends object>(row: T): T {
  const copy = { ...row } as Record<string, unknown>;
  if (typeof copy['details'] === 'object') copy['details'] = { ...copy['details'] };
  return copy as T;
}
