/**
 * Pictures of failures that are short enough to be looked at: what is marked stays, with the sections around it and
 * what happened nearby. The rest is folded, and the picture says how much that was.
 */
import type { Lane, LaneEvent } from '../../suites/result.ts';
import { plural } from './format.ts';

/** Of marked events a picture keeps so many; of more the first and the last. */
const MAX_MARKED = 24;

interface Item {
  readonly lane: number;
  readonly place: number;
  readonly event: LaneEvent;
}

/** The lanes with about `limit` events: marked ones and the ends of their sections are kept beyond that. */
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
    // A section of which one end is drawn would look as if it had no other.
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

/** Places of the `enter` and the `leave` of each section, nested ones too; one that is never left ends with the lane. */
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

/** What lies next to what is marked comes first; without any, what came last. */
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

/** Each run of events that are not kept becomes one that says how many they were. */
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
