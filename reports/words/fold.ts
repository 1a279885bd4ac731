/**
 * Shortens pictures of failures so that people can read them. Marked events stay, with the sections around them and
 * events nearby. The rest is folded, and the picture says how many events that is.
 */
import type { Lane, LaneEvent } from '../../suites/result.ts';
import { plural } from './format.ts';

/** The most marked events of a picture. If there are more, the first and the last ones are kept. */
const MAX_MARKED = 24;

interface Item {
  readonly lane: number;
  readonly place: number;
  readonly event: LaneEvent;
}

/** The lanes with about `limit` events. Marked events and the ends of their sections are kept even beyond that. */
export function foldLanes(lanes: readonly Lane[], limit: number): readonly Lane[] {
  const sorted = lanes.map((lane) => ({
    ...lane,
    events: [...lane.events].sort((a, b) => a.fromUs - b.fromUs),
  }));
  const items = sorted.flatMap(({ events }, lane) =>
    events.map((event, place): Item => ({ lane, place, event })),
  );
  if (items.length <= limit) return lanes;
  const ends = sorted.map(({ events }) => sectionEnds(events));
  const kept = new Set<LaneEvent>();
  const keep = ({ lane, place, event }: Item): void => {
    kept.add(event);
    // If only one end of a section were drawn, the section would look as if it had no other end.
    for (const [from, to] of ends[lane] ?? []) {
      if (place < from || place > to) continue;
      for (const end of [from, to]) {
        const other = sorted[lane]?.events[end];
        if (other !== undefined) kept.add(other);
      }
    }
  };
  const chosen = markedOf(items);
  for (const item of chosen) keep(item);
  for (const item of byDistance(items, chosen)) {
    if (kept.size >= limit) break;
    keep(item);
  }
  return sorted.map((lane) => ({ ...lane, events: folded(lane.events, kept) }));
}

/**
 * The indices of the `enter` and the `leave` of each section, including nested ones. A section that is never left ends
 * with the lane.
 */
function sectionEnds(events: readonly LaneEvent[]): (readonly [number, number])[] {
  const open: number[] = [];
  const ends: (readonly [number, number])[] = [];
  for (const [place, { kind }] of events.entries()) {
    if (kind === 'enter') open.push(place);
    const from = kind === 'leave' ? open.pop() : undefined;
    if (from !== undefined) ends.push([from, place]);
  }
  return [...ends, ...open.map((from) => [from, events.length - 1] as const)];
}

function markedOf(items: readonly Item[]): readonly Item[] {
  const marked = items
    .filter(({ event }) => event.marked === true)
    .sort((a, b) => a.event.fromUs - b.event.fromUs);
  return marked.length <= MAX_MARKED
    ? marked
    : [...marked.slice(0, MAX_MARKED / 2), ...marked.slice(-MAX_MARKED / 2)];
}

/** The events closest to marked ones come first. Without marked events, the last ones do. */
function byDistance(items: readonly Item[], marked: readonly Item[]): readonly Item[] {
  const last = Math.max(...items.map(({ event }) => event.toUs));
  const spans = marked.length === 0 ? [{ fromUs: last, toUs: last }] : marked.map(({ event }) => event);
  const distance = ({ event }: Item): number =>
    Math.min(...spans.map(({ fromUs, toUs }) => Math.max(0, fromUs - event.toUs, event.fromUs - toUs)));
  return items
    .map((item) => ({ item, at: distance(item) }))
    .sort((a, b) => a.at - b.at || b.item.event.fromUs - a.item.event.fromUs)
    .map(({ item }) => item);
}

/** Replaces each run of dropped events by one event with their number. */
function folded(events: readonly LaneEvent[], kept: ReadonlySet<LaneEvent>): LaneEvent[] {
  const drawn: LaneEvent[] = [];
  let run: LaneEvent[] = [];
  const end = (): void => {
    const [first] = run;
    if (first !== undefined) drawn.push(run.length === 1 ? first : moreSteps(first, run));
    run = [];
  };
  for (const event of events) {
    if (!kept.has(event)) {
      run.push(event);
      continue;
    }
    end();
    drawn.push(event);
  }
  end();
  return drawn;
}

function moreSteps({ fromUs }: LaneEvent, run: readonly LaneEvent[]): LaneEvent {
  const marked = run.filter((event) => event.marked === true).length;
  const also = marked === 0 ? '' : `, ${marked} of them marked`;
  return {
    label: `… ${plural(run.length, 'more step')}${also}`,
    fromUs,
    toUs: Math.max(...run.map(({ toUs }) => toUs)),
    kind: 'other',
  };
}
