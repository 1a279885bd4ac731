import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enter, leave, view } from '../suites/harness/cases/generate.ts';
import { lanesOf } from '../suites/harness/failing/lanes.ts';
import type { TrialRun } from '../suites/harness/engine/property.ts';
import { overlapFailure, overlapOf, sectionsOf } from '../suites/harness/judging/sections.ts';
import type { Lane, LaneEvent } from '../suites/result.ts';
import { formatUs } from './words/format.ts';
import { layOut, type PlacedEvent } from './timeline.ts';
import { LOST_UPDATE } from './testing/fixtures.ts';

const OPTIONS = { measure: (event: LaneEvent): number => event.label.length + 2, gap: 1, width: 80 };

const times = fc.nat({ max: 40 });
const event: fc.Arbitrary<LaneEvent> = fc
  .record({
    label: fc.string({ maxLength: 12 }),
    from: times,
    length: fc.oneof(fc.constant(0), fc.nat({ max: 20 })),
    kind: fc.constantFrom('enter', 'leave', 'call', 'error', 'stuck', 'other'),
    marked: fc.boolean(),
  })
  .map(({ label, from, length, kind, marked }) => ({
    label,
    fromUs: from,
    toUs: from + length,
    kind,
    ...(marked ? { marked } : {}),
  }));
const lanes: fc.Arbitrary<Lane[]> = fc.array(
  fc.record({ label: fc.string({ maxLength: 8 }), events: fc.array(event, { maxLength: 6 }) }),
  { maxLength: 4 },
);

function placedOf(timeline: ReturnType<typeof layOut>): { placed: PlacedEvent; lane: number; row: number }[] {
  return timeline.lanes.flatMap((lane, index) =>
    lane.rows.flatMap((row, number) => row.events.map((placed) => ({ placed, lane: index, row: number }))),
  );
}

/** Two actors that each enter a section, read in it and leave it, at five times. */
function trialOf(actors: readonly (readonly number[])[]): TrialRun<unknown> {
  const steps = [enter('s'), view('streams.get', 's'), leave];
  const records = actors.flatMap((times, actor) =>
    steps.map((_, step) => ({
      actor,
      step,
      process: actor + 1,
      instance: actor,
      section: actor,
      attempt: 1,
      call: times[Math.max(0, 2 * step - 1)] ?? 0,
      return: times[step === 0 ? 1 : Math.min(4, 2 * step)] ?? 0,
      outcome: { status: 'ok' as const },
    })),
  );
  const scope = { id: (name: string) => name, name: String };
  return {
    main: { records, stuck: [], order: [] },
    trial: { actors: actors.map((_, instance) => ({ instance, steps })) },
    scope,
    finale: [],
  } as unknown as TrialRun<unknown>;
}

describe('layOut', () => {
  it('keeps order and overlap, gives every label its room, and never draws one event over another', () => {
    fc.assert(
      fc.property(lanes, (drawn) => {
        const timeline = layOut(drawn, OPTIONS);
        const all = placedOf(timeline);
        expect(all).toHaveLength(drawn.flatMap((lane) => lane.events).length);
        for (const { placed } of all) {
          expect(placed.to - placed.from).toBeGreaterThanOrEqual(OPTIONS.measure(placed.event) - 1e-6);
          expect(placed.from).toBeGreaterThanOrEqual(0);
          expect(placed.to).toBeLessThanOrEqual(timeline.width + 1e-6);
        }
        for (const a of all) {
          for (const b of all) {
            if (a.placed.event.fromUs < b.placed.event.fromUs)
              expect(a.placed.from).toBeLessThan(b.placed.from);
            // What had ended is not shown beside what began later, nor what lasted apart.
            if (a.placed.event.toUs < b.placed.event.fromUs) expect(a.placed.to).toBeLessThan(b.placed.from);
            if (a.placed.event.toUs > b.placed.event.fromUs && a.placed.event.fromUs < b.placed.event.fromUs)
              expect(a.placed.to).toBeGreaterThan(b.placed.from);
            const same = a !== b && a.lane === b.lane && a.row === b.row;
            if (same)
              expect(a.placed.to <= b.placed.from + 1e-6 || b.placed.to <= a.placed.from + 1e-6).toBe(true);
          }
        }
        expect(timeline.steps.map((step) => step.number)).toEqual(all.map((_, index) => index + 1));
      }),
      { numRuns: 300 },
    );
  });

  it('finds the overlap of the marked parts, with its true length', () => {
    const { overlaps } = layOut(LOST_UPDATE.lanes, OPTIONS);
    expect(overlaps).toHaveLength(1);
    expect(overlaps[0]?.durationUs).toBe(4200);
  });

  it('counts neither the wait for the lock nor the commit into the overlap', () => {
    const section = (startUs: number, waitUs: number): LaneEvent[] => [
      { label: 'enter', fromUs: startUs, toUs: startUs + waitUs, kind: 'enter', marked: true },
      { label: 'leave', fromUs: startUs + 100, toUs: startUs + 150, kind: 'leave', marked: true },
    ];
    const pair = (startUs: number, waitUs: number): Lane[] => [
      { label: 'a', events: section(0, 10) },
      { label: 'b', events: section(startUs, waitUs) },
    ];
    expect(layOut(pair(20, 30), OPTIONS).overlaps.map((overlap) => overlap.durationUs)).toEqual([50]);
    expect(layOut(pair(20, 90), OPTIONS).overlaps).toEqual([]);
  });

  it('finds no overlap when the marked parts do not meet, or are one', () => {
    const call = (fromUs: number, toUs: number): LaneEvent => ({
      label: 'x',
      fromUs,
      toUs,
      kind: 'call',
      marked: true,
    });
    const apart = [
      { label: 'a', events: [call(0, 10)] },
      { label: 'b', events: [call(10, 20)] },
    ];
    expect(layOut(apart, OPTIONS).overlaps).toEqual([]);
    expect(layOut(apart.slice(0, 1), OPTIONS).overlaps).toEqual([]);
  });

  it('measures what the text measures, whatever is marked beside it', () => {
    const moment = fc.integer({ min: 0, max: 5_000_000 });
    const times = fc.uniqueArray(moment, { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(times, fc.boolean(), (all, fromRead) => {
        const [first = [], second = []] = [all.slice(0, 5), all.slice(5)].map((own) =>
          own.toSorted((a, b) => a - b),
        );
        const run = trialOf([first, second]);
        const sections = sectionsOf(run.main, run.trial).map((one) =>
          fromRead ? { ...one, from: one.readFrom } : one,
        );
        const pair = overlapOf(sections);
        fc.pre(pair !== undefined);
        const failure = overlapFailure(pair, run.scope);
        const { overlaps } = layOut(lanesOf(run, failure), OPTIONS);
        expect(overlaps).toHaveLength(1);
        const { from, to, durationUs } = overlaps[0] ?? expect.fail('expected an overlap');
        expect(failure.summary).toContain(`at once, for ${formatUs(durationUs)}.`);
        expect(to).toBeGreaterThan(from);
      }),
      {
        numRuns: 300,
        // A half microsecond: a difference of fractions falls just below it.
        examples: [
          [[2862523, 864198, 3399024, 861716, 3399025, 856133, 822687, 3399026, 822688, 3399023], true],
        ],
      },
    );
  });

  it('separates the wait for a lock from the section', () => {
    const row = layOut(LOST_UPDATE.lanes, OPTIONS).lanes[0]?.rows[0];
    expect(row?.sections).toHaveLength(1);
    const section = row?.sections[0];
    const [enter, , , leave] = row?.events ?? [];
    expect(section).toEqual({
      from: enter?.from,
      to: leave?.to,
      inside: { from: enter?.to, to: leave?.from },
    });
  });

  it('lays out nothing', () => {
    expect(layOut([], OPTIONS)).toMatchObject({ lanes: [], steps: [], overlaps: [] });
    expect(layOut([{ label: 'a', events: [] }], OPTIONS).steps).toEqual([]);
  });
});
