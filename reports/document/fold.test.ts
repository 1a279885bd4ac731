import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lane, LaneEvent } from '../../suites/result.ts';
import { foldLanes } from '../words/fold.ts';
import { renderFailure } from './terminal/lanes.ts';
import { labelLines } from './text.ts';

const LIMIT = 16;
const MORE = /^… (\d+) more steps?/;

/** Sections with steps in them, one after the other. */
const lane = fc
  .record({
    steps: fc.array(
      fc.record({
        inside: fc.array(fc.integer({ min: 0, max: 19 }), { maxLength: 6 }),
        pauseUs: fc.nat({ max: 9 }),
      }),
      { maxLength: 8 },
    ),
    isOpen: fc.boolean(),
  })
  .map(({ steps, isOpen }): LaneEvent[] => {
    let at = 0;
    const next = (label: string, kind: LaneEvent['kind'], marked = false): LaneEvent => {
      at += 2;
      return { label, kind, fromUs: at, toUs: at + 1, ...(marked ? { marked } : {}) };
    };
    const events = steps.flatMap(({ inside, pauseUs }) => {
      at += pauseUs;
      return [
        next('enter s', 'enter'),
        ...inside.map((number) => next(`get → ${number}`, 'call', number === 0)),
        next('leave', 'leave'),
      ];
    });
    return isOpen ? events.slice(0, -1) : events;
  });
const lanes: fc.Arbitrary<Lane[]> = fc
  .array(lane, { minLength: 1, maxLength: 5 })
  .map((all) => all.map((events, actor) => ({ label: `actor ${actor + 1}`, events })));

describe('foldLanes', () => {
  it('keeps what is marked and whole sections, and counts what it leaves out', () => {
    fc.assert(
      fc.property(lanes, (all) => {
        const folded = foldLanes(all, LIMIT);
        const total = all.reduce((sum, { events }) => sum + events.length, 0);
        if (total <= LIMIT) expect(folded).toBe(all);
        for (const [index, { events, label }] of folded.entries()) {
          const before = all[index]?.events ?? [];
          const more = events.filter((event) => MORE.test(event.label));
          const left = more.reduce((sum, event) => sum + Number(MORE.exec(event.label)?.[1]), 0);
          const drawn = events.filter((event) => !more.includes(event));
          expect(label).toBe(`actor ${index + 1}`);
          expect(drawn.length + left).toBe(before.length);
          const opened = drawn.filter(({ kind }) => kind === 'enter').length;
          const closed = drawn.filter(({ kind }) => kind === 'leave').length;
          const isOpen = before.length > 0 && before.at(-1)?.kind !== 'leave';
          expect(opened - closed).toBeGreaterThanOrEqual(0);
          expect(opened - closed).toBeLessThanOrEqual(isOpen ? 1 : 0);
        }
        const marked = (list: readonly Lane[]): LaneEvent[] =>
          list.flatMap(({ events }) => events.filter((event) => event.marked === true));
        if (marked(all).length <= 24) expect(marked(folded)).toHaveLength(marked(all).length);
      }),
      { numRuns: 1000 },
    );
  });

  it('is bounded, however many steps there are and however many of them are marked', () => {
    const all = Array.from({ length: 5 }, (_, actor): Lane => ({
      label: `process ${actor}`,
      events: Array.from({ length: 500 }, (__, index): LaneEvent => ({
        label: `get stream-${index} → revision=${index}`,
        fromUs: index,
        toUs: index + 1,
        kind: 'call',
        marked: true,
      })),
    }));
    const count = foldLanes(all, LIMIT).reduce((sum, { events }) => sum + events.length, 0);
    expect(count).toBeLessThanOrEqual(60);
    const lines = renderFailure(all, { color: false, columns: 110 }, 106);
    expect(lines.length).toBeLessThan(120);
    expect(lines.join('\n')).toMatch(/… \d+ more steps, \d+ of them marked/);
  });
});

describe('labels', () => {
  const answer = 'status=409 code=CONFLICT revision=17';
  const label = `idempotency.putIfAbsent settle:t0-k1 status=200 ${'x'.repeat(200)} → ${answer}`;

  it('show the answer in full where it is marked, and else before what was asked', () => {
    for (const width of [16, 24, 60]) {
      expect(labelLines(label, width, 4, true).join('').replaceAll(' ', '')).toBe(label.replaceAll(' ', ''));
      const short = labelLines(label, width, 4, false);
      expect(short).toHaveLength(4);
      expect(short.join(' ')).toMatch(/… → status=409 code=CONFLICT( revision=17)?$/);
    }
    expect(labelLines('leave', 16, 4, false)).toEqual(['leave']);
  });

  it('of marked steps reach the terminal whole', () => {
    const events = [{ label, fromUs: 0, toUs: 5, kind: 'call' as const, marked: true }];
    for (const columns of [60, 80, 120]) {
      const text = renderFailure(
        ['a', 'b', 'c'].map((name) => ({ label: name, events })),
        { color: false, columns },
        columns,
      ).join('\n');
      for (const part of answer.split(' ')) expect(text).toContain(part);
    }
  });
});
