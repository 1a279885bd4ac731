/**
 * Lays out the lanes of a failure. Order and overlap are exact, but every event is as wide as its label needs, and only
 * the remaining room is distributed in proportion to time. The same layout serves text (characters) and SVG (pixels).
 */
import { sharedStretch } from '../suites/duration.ts';
import type { Lane, LaneEvent } from '../suites/result.ts';

export interface Timeline {
  /** The total width in the caller's units. Positions go from 0 to this. */
  readonly width: number;
  readonly lanes: readonly LaneLayout[];
  /** The spans in which marked events of several lanes overlap. */
  readonly overlaps: readonly Overlap[];
  /** Every event in the order of its start: the timeline as a list. */
  readonly steps: readonly PlacedEvent[];
}

export interface LaneLayout {
  readonly label: string;
  /** Overlapping events of one lane are drawn in several rows. */
  readonly rows: readonly LaneRow[];
}

export interface LaneRow {
  readonly events: readonly PlacedEvent[];
  readonly sections: readonly DrawnSection[];
}

/** From the call of withLock to its end, with the part in which the callback ran. */
export interface DrawnSection extends Span {
  readonly inside: Span;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Overlap extends Span {
  readonly durationUs: number;
}

export interface PlacedEvent extends Span {
  readonly event: LaneEvent;
  readonly lane: string;
  /** The number of the event, from 1, in the order of starts. */
  readonly number: number;
}

export interface LayoutOptions {
  /** The smallest width at which an event can be read. */
  readonly measure: (event: LaneEvent) => number;
  /** The smallest distance of two different times. */
  readonly gap: number;
  /** The width to fill. The result is wider if the labels need it. */
  readonly width: number;
}

/** One end of an event, and its position. */
interface Edge {
  readonly item: Item;
  readonly end: boolean;
  readonly timeUs: number;
  /** The order at equal times: first ends of events with a duration, then events without a duration, then starts. */
  readonly phase: 0 | 1 | 2;
  at: number;
}

interface Item {
  readonly event: LaneEvent;
  readonly lane: number;
  readonly place: number;
  row: number;
  from: number;
  to: number;
  number: number;
}

export function layOut(lanes: readonly Lane[], options: LayoutOptions): Timeline {
  const items = lanes.flatMap((lane, index) =>
    [...lane.events]
      .sort((a, b) => a.fromUs - b.fromUs)
      .map((event, place): Item => ({ event, lane: index, place, row: 0, from: 0, to: 0, number: 0 })),
  );
  assignRows(items);
  const width = place(edgesOf(items), options);
  const inOrder = [...items].sort(
    (a, b) => a.event.fromUs - b.event.fromUs || a.from - b.from || a.lane - b.lane || a.place - b.place,
  );
  inOrder.forEach((item, index) => (item.number = index + 1));
  const placed = (item: Item): PlacedEvent => ({
    event: item.event,
    lane: lanes[item.lane]?.label ?? '',
    number: item.number,
    from: item.from,
    to: item.to,
  });
  return {
    width,
    steps: inOrder.map(placed),
    overlaps: heldOverlap(lanes, items) ?? findOverlaps(items),
    lanes: lanes.map((lane, index) => {
      const own = items.filter((item) => item.lane === index);
      const count = Math.max(1, ...own.map((item) => item.row + 1));
      return {
        label: lane.label,
        rows: Array.from({ length: count }, (_, row) => {
          const events = own.filter((item) => item.row === row).map(placed);
          return { events, sections: sectionsOf(events) };
        }),
      };
    }),
  };
}

/** Puts overlapping events of one lane into different rows. */
function assignRows(items: readonly Item[]): void {
  const ends = new Map<number, number[]>();
  for (const item of items) {
    const rows = ends.get(item.lane) ?? [];
    ends.set(item.lane, rows);
    const free = rows.findIndex((endUs) => endUs <= item.event.fromUs);
    item.row = free === -1 ? rows.length : free;
    rows[item.row] = Math.max(item.event.toUs, item.event.fromUs);
  }
}

function edgesOf(items: readonly Item[]): Edge[] {
  const edges = items.flatMap((item): Edge[] => {
    const { fromUs, toUs } = item.event;
    const instant = toUs <= fromUs;
    return [
      { item, end: false, timeUs: fromUs, phase: instant ? 1 : 2, at: 0 },
      { item, end: true, timeUs: Math.max(toUs, fromUs), phase: instant ? 1 : 0, at: 0 },
    ];
  });
  return edges.sort(
    (a, b) =>
      a.timeUs - b.timeUs ||
      a.phase - b.phase ||
      a.item.lane - b.item.lane ||
      a.item.place - b.item.place ||
      Number(a.end) - Number(b.end),
  );
}

/** Sets every item's span from left to right. Returns the total width. */
function place(edges: readonly Edge[], options: LayoutOptions): number {
  const free = new Map<string, number>();
  let timeUs = -Infinity;
  let phase = -1;
  let before = 0;
  let furthest = 0;
  for (const edge of edges) {
    const { item } = edge;
    if (edge.timeUs > timeUs) before = timeUs === -Infinity ? 0 : furthest + options.gap;
    else if (edge.phase > phase) before = furthest;
    timeUs = edge.timeUs;
    phase = edge.phase;
    const row = `${item.lane}/${item.row}`;
    edge.at = edge.end
      ? Math.max(before, item.from + options.measure(item.event))
      : Math.max(before, free.get(row) ?? 0);
    if (edge.end) {
      item.to = edge.at;
      free.set(row, edge.at);
    } else item.from = edge.at;
    furthest = Math.max(furthest, edge.at);
  }
  stretch(edges, options.width - furthest);
  return Math.max(furthest, options.width);
}

/** Distributes `room` in proportion to time. */
function stretch(edges: readonly Edge[], room: number): void {
  const firstUs = edges[0]?.timeUs ?? 0;
  const totalUs = (edges.at(-1)?.timeUs ?? 0) - firstUs;
  if (room <= 0 || totalUs <= 0) return;
  for (const edge of edges) {
    const at = edge.at + (room * (edge.timeUs - firstUs)) / totalUs;
    if (edge.end) edge.item.to = at;
    else edge.item.from = at;
  }
}

/** A section that is never left extends to the end of its row. */
function sectionsOf(events: readonly PlacedEvent[]): DrawnSection[] {
  const sections: DrawnSection[] = [];
  let enter: PlacedEvent | undefined;
  const close = (to: number, insideTo: number): void => {
    if (enter === undefined) return;
    const insideFrom = lasts(enter.event) ? enter.to : enter.from;
    sections.push({ from: enter.from, to, inside: { from: insideFrom, to: Math.max(insideFrom, insideTo) } });
    enter = undefined;
  };
  for (const placed of events) {
    if (placed.event.kind === 'enter') enter ??= placed;
    else if (placed.event.kind === 'leave') close(placed.to, lasts(placed.event) ? placed.from : placed.to);
  }
  const last = events.at(-1);
  // An `enter` without later events in its row is a plain bar.
  if (last !== undefined && last !== enter) close(last.to, last.to);
  return sections;
}

function lasts(event: LaneEvent): boolean {
  return event.toUs > event.fromUs;
}

interface Stretch extends Span {
  readonly fromUs: number;
  readonly toUs: number;
}

/** The part of an event in which its callback runs, without the wait for the lock and without the commit. */
function insideOf(item: Item, items: readonly Item[]): Stretch {
  const { event, from, to } = item;
  const all = { from, to, fromUs: event.fromUs, toUs: event.toUs };
  const begins = { ...all, from: to, fromUs: event.toUs };
  const ends = { ...all, to: from, toUs: event.fromUs };
  const alone = !items.some(
    (other) => other.lane === item.lane && other.row === item.row && other.from > from,
  );
  if (event.kind === 'enter' && !alone) return begins;
  return event.kind === 'leave' ? ends : all;
}

/** The span in which two lanes claim to hold something at once. The failure's text measures the same. */
function heldOverlap(lanes: readonly Lane[], items: readonly Item[]): Overlap[] | undefined {
  const [one, other] = lanes.flatMap(({ held }) =>
    held === undefined ? [] : [{ from: held.fromUs, to: held.toUs }],
  );
  if (one === undefined || other === undefined) return undefined;
  const shared = sharedStretch(one, other);
  if (shared === undefined) return [];
  const placed = placesOf(items);
  return [{ from: placed(shared.from), to: placed(shared.to), durationUs: lengthUs(shared) }];
}

/** In whole nanoseconds, as texts compute it. A difference of fractions might be rounded differently. */
function lengthUs({ from, to }: { readonly from: number; readonly to: number }): number {
  return Math.round((to - from) * 1000) / 1000;
}

/** Where to draw a time: at the events that begin or end then, else between the events before and after it. */
function placesOf(items: readonly Item[]): (timeUs: number) => number {
  const points = items
    .flatMap(({ event, from, to }) => [
      { us: event.fromUs, at: from },
      { us: Math.max(event.fromUs, event.toUs), at: to },
    ])
    .sort((a, b) => a.us - b.us || a.at - b.at);
  return (timeUs) => {
    const before = points.findLast(({ us }) => us <= timeUs) ?? points[0];
    const after = points.find(({ us }) => us >= timeUs) ?? points.at(-1);
    if (before === undefined || after === undefined) return 0;
    // If several events share this time, uses the first, so that an event that begins then is inside.
    if (before.us >= after.us) return after.at;
    return before.at + ((after.at - before.at) * (timeUs - before.us)) / (after.us - before.us);
  };
}

/** The marked part of each lane, and where two of them overlap. */
function findOverlaps(items: readonly Item[]): Overlap[] {
  const parts = new Map<number, Stretch>();
  for (const item of items) {
    if (item.event.marked !== true) continue;
    const own = insideOf(item, items);
    const part = parts.get(item.lane) ?? own;
    parts.set(item.lane, {
      from: Math.min(part.from, own.from),
      to: Math.max(part.to, own.to),
      fromUs: Math.min(part.fromUs, own.fromUs),
      toUs: Math.max(part.toUs, own.toUs),
    });
  }
  const overlaps: Stretch[] = [];
  const sorted = [...parts.values()].sort((a, b) => a.from - b.from);
  let reach: Stretch | undefined;
  for (const part of sorted) {
    if (reach !== undefined && part.from < reach.to && part.fromUs < reach.toUs) {
      const meeting = {
        from: part.from,
        to: Math.min(part.to, reach.to),
        fromUs: part.fromUs,
        toUs: Math.min(part.toUs, reach.toUs),
      };
      const last = overlaps.at(-1);
      if (last !== undefined && meeting.from <= last.to)
        overlaps[overlaps.length - 1] = {
          ...last,
          to: Math.max(last.to, meeting.to),
          toUs: Math.max(last.toUs, meeting.toUs),
        };
      else overlaps.push(meeting);
    }
    if (reach === undefined || part.to > reach.to) reach = part;
  }
  return overlaps.map(({ from, to, fromUs, toUs }) => ({
    from,
    to,
    durationUs: lengthUs({ from: fromUs, to: toUs }),
  }));
}
