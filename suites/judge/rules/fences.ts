/** Fences, for the rule `exclusion`: a caller that gets a stream after another one must get a higher fence. */
import type { Finding } from '../../result.ts';
import type { StreamFile } from '../facts/caseFile.ts';
import type { JournalSection } from '../facts/sections.ts';
import { distinct, drawLanes, type Findings } from '../findings.ts';
import { barsOfSection } from '../pictures.ts';

/** One run of a callback, with the fence of its view. */
interface Fenced {
  readonly section: JournalSection;
  readonly enter: number;
  readonly leave: number;
  readonly fence: bigint;
}

/** Two runs of which one certainly got the lock after the other: its `from` is later than the other one's `until`. */
interface Order {
  readonly did: string;
  readonly until: (run: Fenced) => number;
  readonly from: (run: Fenced) => number;
}

/**
 * A later entry proves nothing: the caller may have been frozen since it got the lock. But then it had requested the
 * lock by that time, and cannot commit any more.
 */
const ASKED: Order = {
  did: 'entered',
  until: ({ enter }) => enter,
  from: ({ section, enter }) => section.wait ?? enter,
};
const COMMITTED: Order = {
  did: 'committed',
  until: ({ section }) => section.settled,
  from: ({ leave }) => leave,
};

/** `wroteForGood`: whether the section's writes were committed. */
export function findFences(
  findings: Findings,
  { id, sections }: StreamFile,
  wroteForGood: (section: JournalSection) => boolean,
): void {
  const runs = sections.flatMap(fencedIn);
  const committed = runs.filter(({ section, enter }) => wroteForGood(section) && isLast(section, enter));
  for (const [order, all] of [
    [ASKED, runs],
    [COMMITTED, committed],
  ] as const)
    for (const [earlier, later] of inversions(all, order))
      findings.add(() => describe(id, earlier, later, order));
}

function fencedIn(section: JournalSection): Fenced[] {
  return section.attempts.flatMap(({ enter, leave = enter, fence }) =>
    fence !== undefined && /^\d+$/.test(fence) ? [{ section, enter, leave, fence: BigInt(fence) }] : [],
  );
}

function isLast({ attempts }: JournalSection, enter: number): boolean {
  return attempts.at(-1)?.enter === enter;
}

function inversions(runs: readonly Fenced[], { until, from }: Order): (readonly [Fenced, Fenced])[] {
  const byEnd = runs.toSorted((a, b) => until(a) - until(b));
  const pairs: (readonly [Fenced, Fenced])[] = [];
  let highest: Fenced | undefined;
  let next = 0;
  for (const later of runs.toSorted((a, b) => from(a) - from(b))) {
    for (let one = byEnd[next]; one !== undefined && until(one) < from(later); one = byEnd[next]) {
      if (highest === undefined || one.fence > highest.fence) highest = one;
      next += 1;
    }
    if (highest !== undefined && later.fence <= highest.fence) pairs.push([highest, later]);
  }
  return pairs;
}

function describe(stream: string, earlier: Fenced, later: Fenced, { did }: Order): Finding {
  const [first, second] = [earlier.section, later.section];
  return {
    summary: `The fence of stream "${stream}" did not grow: service ${first.service} had ${did} with fence ${earlier.fence}, and then service ${second.service} was given the lock with fence ${later.fence}.`,
    stream,
    services: distinct([first.service, second.service]),
    lanes: drawLanes(
      [earlier, later].flatMap(({ section, enter, leave }) =>
        barsOfSection(section, { from: enter, to: leave }),
      ),
    ),
  };
}
