/** What the page's script draws for a key, as columns of numbers, so that large histories stay small. */
import type { Operation, SequentialModel } from '../../../suites/checker/operation.ts';
import type { CheckVerdict, Core, KeyResult, Stuck } from '../../../suites/checker/result.ts';
import { formatCount, printable } from '../../words/format.ts';
import { keyTexts } from './keyTexts.ts';
import { pointsOf } from './points.ts';
import { rowsOf, type ClientLane } from './rows.ts';
import { windowOf } from './window.ts';

/** The longest text of a key or an operation on the page, in characters. */
const MAX_TEXT = 300;
/** A label may have cut strings that are longer than this. */
const LONG_STRING = 24;

/** An order of operations. Ids are indices of drawn operations. */
export interface OrderData {
  readonly ids: readonly number[];
  /** Their positions in the whole order, from 1, because some operations may not be drawn. */
  readonly places: readonly number[];
  /** When each operation takes effect, if they do so in this order. */
  readonly at: readonly number[];
  /** The operations that could not come next, and why. */
  readonly stuck: readonly (readonly [id: number, why: string])[];
}

export interface CoreData extends OrderData {
  readonly core: readonly number[];
  /** For each entry of `core`, how far its time may be widened. Null: without limit. */
  readonly widened: readonly (readonly [from: number | null, to: number | null])[];
}

/** Times are nanoseconds after `from`, the first call. An unknown return is null. Ids are indices into the columns. */
export interface KeyTimeline {
  readonly key: string;
  readonly verdict: CheckVerdict;
  /** The number of operations of the key, of which only some may be drawn. */
  readonly operations: number;
  readonly words: readonly string[];
  readonly from: number;
  readonly lanes: readonly ClientLane[];
  readonly call: readonly number[];
  readonly end: readonly (number | null)[];
  readonly row: readonly number[];
  readonly client: readonly number[];
  /** Indices into `labels`. */
  readonly label: readonly number[];
  readonly labels: readonly string[];
  /** The full texts of operations whose labels are cut. */
  readonly full: readonly (readonly [id: number, text: string])[];
  readonly optional: readonly number[];
  /** The legal order that was found. For an illegal key, the longest one. */
  readonly whole?: OrderData;
  readonly core?: CoreData;
  /** Operations that no order explains, or that a version order names, each with the operation that it contradicts. */
  readonly named: readonly (readonly [id: number, why: string])[];
}

/** Draws at most `limit` operations: those around the fault, else the first ones. */
export function keyTimeline(model: SequentialModel, key: KeyResult, limit: number): KeyTimeline {
  const { operations } = key;
  const kept = windowOf(key, limit);
  const placeOf = new Map(kept.map((id, place) => [id, place]));
  const drawn = kept.map((id) => operations[id] as Operation);
  const from = drawn[0]?.call ?? 0;
  const { lanes, row } = rowsOf(drawn);
  const labels = new Map<string, number>();
  const frame = { key, placeOf, from, last: lastTime(operations) };
  const whole = wholeOrder(frame);
  const core = key.explanation?.core;
  return {
    key: cut(JSON.stringify(key.key)),
    verdict: key.verdict,
    operations: operations.length,
    words: [...keyTexts(model, key), ...leftOut(key, kept)].map((text) => printable(text)),
    from,
    lanes,
    call: drawn.map(({ call }) => call - from),
    end: drawn.map(({ return: end }) => relative(end, from)),
    row,
    client: drawn.map(({ client }) => client),
    label: drawn.map((operation) => {
      const label = cut(model.label(operation));
      if (!labels.has(label)) labels.set(label, labels.size);
      return labels.get(label) as number;
    }),
    labels: [...labels.keys()],
    full: drawn.flatMap(({ input }, place) => inFull(input).map((text) => [place, text] as const)),
    optional: drawn.flatMap(({ optional }, place) => (optional ? [place] : [])),
    ...(whole && { whole }),
    ...(core && { core: coreOrder(frame, core) }),
    named: namedBy(model, key, placeOf),
  };
}

interface Frame {
  readonly key: KeyResult;
  /** Maps ids to indices of drawn operations. */
  readonly placeOf: ReadonlyMap<number, number>;
  readonly from: number;
  /** The last known time of the key. */
  readonly last: number;
}

function wholeOrder(frame: Frame): OrderData | undefined {
  const { key } = frame;
  // For an undecided key, an order says nothing yet.
  if (key.verdict === 'unknown') return undefined;
  const order = key.verdict === 'ok' ? key.order?.() : key.reached?.order;
  if (order === undefined) return undefined;
  return orderData(frame, order, key.verdict === 'ok' ? [] : (key.reached?.stuck ?? []));
}

function coreOrder(frame: Frame, { operations, origins, prefix }: Core): CoreData {
  const origin = (id: number): number => origins[id] as number;
  const times = new Map(operations.map((operation, id) => [origin(id), operation]));
  const stuck = prefix.stuck.map(({ operation, why }) => ({ operation: origin(operation), why }));
  const kept = operations.flatMap((operation, id) => {
    const place = frame.placeOf.get(origin(id));
    return place === undefined ? [] : [{ place, operation }];
  });
  return {
    ...orderData(frame, prefix.order.map(origin), stuck, times),
    core: kept.map(({ place }) => place),
    widened: kept.map(({ operation }) => [
      relative(operation.call, frame.from),
      relative(operation.return, frame.from),
    ]),
  };
}

/** `widened`: by id, the times between which an operation may take effect, if these differ from the recorded ones. */
function orderData(
  { key, placeOf, from, last }: Frame,
  order: readonly number[],
  stuck: readonly Stuck[],
  widened?: ReadonlyMap<number, Operation>,
): OrderData {
  const recorded = order.map((id) => key.operations[id] as Operation);
  const allowed = widened === undefined ? recorded : order.map((id) => widened.get(id) as Operation);
  const points = pointsOf(allowed, last, recorded);
  const drawn = order.flatMap((id, index) => {
    const place = placeOf.get(id);
    return place === undefined ? [] : [{ place, index }];
  });
  return {
    ids: drawn.map(({ place }) => place),
    places: drawn.map(({ index }) => index + 1),
    at: drawn.map(({ index }) => Math.round(((points[index] as number) - from) * 100) / 100),
    stuck: stuck.flatMap(({ operation, why }) => {
      const place = placeOf.get(operation);
      return place === undefined ? [] : [[place, printable(why)] as const];
    }),
  };
}

function namedBy(
  model: SequentialModel,
  { unwritten, versions, operations }: KeyResult,
  placeOf: ReadonlyMap<number, number>,
): (readonly [number, string])[] {
  if (unwritten !== undefined) {
    const place = placeOf.get(unwritten.operation);
    return place === undefined ? [] : [[place, printable(unwritten.why)]];
  }
  if (versions === undefined) return [];
  const { operation, other, problem } = versions;
  const label = model.label(operations[operation] as Operation);
  const texts = [
    [operation, `by version order it ${problem}`],
    [other, `compare ${label}, which ${problem}`],
  ] as const;
  return texts.flatMap(([id, why]) => {
    const place = id === undefined ? undefined : placeOf.get(id);
    return place === undefined ? [] : [[place, printable(why)] as const];
  });
}

function leftOut({ operations, verdict }: KeyResult, kept: readonly number[]): string[] {
  if (kept.length === operations.length) return [];
  const which = verdict === 'illegal' ? 'those around what is wrong' : 'the first';
  return [
    `The page draws ${formatCount(kept.length)} of the ${formatCount(operations.length)} operations: ${which}.`,
  ];
}

function lastTime(operations: readonly Operation[]): number {
  let last = -Infinity;
  for (const { call, return: end } of operations) last = Math.max(last, Number.isFinite(end) ? end : call);
  return last;
}

function relative(time: number, from: number): number | null {
  return Number.isFinite(time) ? time - from : null;
}

function inFull(input: unknown): string[] {
  let isLong = false;
  const text = JSON.stringify(input, (_, value: unknown) => {
    if (typeof value === 'string' && value.length > LONG_STRING) isLong = true;
    return typeof value === 'bigint' ? String(value) : value;
  });
  return isLong ? [cut(text)] : [];
}

function cut(text: string): string {
  const shown =
    text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT / 2)} … ${text.slice(-MAX_TEXT / 2)}`;
  return printable(shown);
}
