/** Sections that append events in the order of the lock, and the listed events. */
import { compareIds, compareTimestamps, isTimestamp } from '../../../adapters/contract/index.ts';
import type { Argument, CallStep, SavedArgument, Step } from '../../../scenarios/host/language/program.ts';
import { direct, leave, pause, saved, streamOf, view } from '../cases/generate.ts';
import { pageIn } from './pages.ts';
import type { Scope, Subject } from '../engine/property.ts';
import { plainShape, sectionOf, type Shape } from '../vocabulary/shapes.ts';

/**
 * Whether ids can show the order of the lock: they count up in the stream's record, which is read under the lock. If
 * the adapter limits ids, they cannot.
 */
export function countsInOrder({ surfaces, idSpace }: Subject): boolean {
  return surfaces.includes('streams') && idSpace === undefined;
}

/** The pauses of a section before and after its append, in milliseconds. */
export interface Append {
  readonly beforeMs: number;
  readonly afterMs: number;
}

/**
 * All amounts have the same length, so that their numeric order is the order of their bytes. One per trial and stream.
 */
const FIRST = 1_000_000_000_000_000n;
const PER_TRIAL = 1_000_000n;
const PER_STREAM = 1_000n;

/** The id of the stream's first event in the order of the lock, if ids count. */
function firstId(scope: Scope, stream: number): bigint {
  return FIRST + BigInt(scope.number) * PER_TRIAL + BigInt(stream) * PER_STREAM;
}

/** The name of the stream with this number, from 0. */
export function streamName(stream: number): string {
  return `s${stream + 1}`;
}

/** The record in which events of the stream are counted. Undefined: there are no streams. */
export function counter(stream: number, scope: Scope, subject: Subject): CallStep[] {
  if (!countsInOrder(subject)) return [];
  const totalAmount = String(firstId(scope, stream));
  return [direct('streams.create', streamOf(scope.id(streamName(stream)), { totalAmount }))];
}

/**
 * A section of this shape that appends one event, which the storage stamps. The event's id consists of the count and
 * `name`, which is unique in the trial. Without `name`, two holders at once would collide on the id instead of showing
 * what they did.
 */
export function appendSection(
  stream: number,
  append: Append,
  name: string,
  scope: Scope,
  subject: Subject,
  shape: Shape = plainShape(subject),
): Step[] {
  const streamId = scope.id(streamName(stream));
  const counts = countsInOrder(subject);
  const event = (id: Argument): CallStep =>
    view('activity.append', { id, type: scope.id('type'), streamId, description: 'appended under the lock' });
  const steps = [
    ...(counts ? [saved('counted', view('streams.get', streamId))] : []),
    ...pause(append.beforeMs),
    event(counts ? countedId(name) : scope.id(name)),
    ...pause(append.afterMs),
    ...(counts
      ? [view('streams.put', { $saved: 'counted', set: { updatedAt: undefined }, add: { totalAmount: 1 } })]
      : []),
  ];
  return sectionOf(shape, {
    lock: streamId,
    steps,
    end: [leave],
    reads: [streamId],
    aside: (aside) => scope.id(`${aside}-${name}`),
  });
}

const END = Number.MAX_SAFE_INTEGER;

function countedId(name: string): SavedArgument {
  return { $saved: 'counted', path: 'totalAmount', splice: { at: END, remove: 0, insert: `-${name}` } };
}

/** The count in an event's id, if ids count. */
export function countOf({ id }: ListedEvent): string {
  return id.split('-')[0] ?? id;
}

export interface ListedEvent {
  readonly id: string;
  readonly timestamp: string;
}

/** The events on a listed page. Anything else is left out. */
export function eventsIn(page: unknown): ListedEvent[] {
  return pageIn(page).items.flatMap((item) => {
    const { id, timestamp } = (item ?? {}) as Partial<ListedEvent>;
    return typeof id === 'string' && isTimestamp(timestamp) ? [{ id, timestamp }] : [];
  });
}

/**
 * Whether `a` belongs before `b` in a list with the latest event last. If ids do not count, equal times have no order.
 */
export function isBefore(a: ListedEvent, b: ListedEvent, counts: boolean): boolean {
  const byTime = compareTimestamps(a.timestamp, b.timestamp);
  if (byTime !== 0) return byTime < 0;
  return counts && compareIds(a.id, b.id) < 0;
}

/** `e3:w1.2` for the third event of its stream in the order of the lock. Only the name if ids do not count. */
export function eventName(event: ListedEvent, stream: number, scope: Scope): string {
  const counted = /^(\d{16})-(.*)$/.exec(event.id);
  if (counted === null) return scope.name(event.id);
  return `e${BigInt(counted[1] as string) - firstId(scope, stream) + 1n}:${counted[2]}`;
}

/** `e3:w1.2@41.123456`: the name and the seconds. */
export function eventLabel(event: ListedEvent, stream: number, scope: Scope): string {
  return `${eventName(event, stream, scope)}@${event.timestamp.slice(17, -1)}`;
}
