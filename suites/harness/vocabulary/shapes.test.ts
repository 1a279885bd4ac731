import { describe, expect, it } from 'vitest';
import { DEFAULT_CAPABILITIES, FULL_SETTLEMENT } from '../../../adapters/contract/index.ts';
import { matchSections } from '../../../scenarios/host/language/normalize.ts';
import { leave, view } from '../cases/generate.ts';
import type { Subject } from '../engine/property.ts';
import { ENTRIES, everyShape, NESTINGS, sectionOf, shapeSituations } from './shapes.ts';
import { entryName } from './vocabulary.ts';

const subject: Subject = {
  surfaces: ['locks', 'streams'],
  capabilities: { ...DEFAULT_CAPABILITIES, lockTimeout: true },
  settlement: FULL_SETTLEMENT,
};

describe('the shapes of sections', () => {
  it('are each made by an example, and each claimed', () => {
    const shapes = everyShape(subject);
    expect(new Set(shapes.map(({ entry }) => entry))).toEqual(new Set(Object.keys(ENTRIES.entries)));
    expect(new Set(shapes.map(({ nesting }) => nesting))).toEqual(new Set(Object.keys(NESTINGS.entries)));
    const names = shapeSituations(subject).map(({ name }) => name);
    expect(new Set(names).size).toBe(shapes.length + 1);
  });

  it('are claimed even when one of them is no longer generated', () => {
    for (const vocabulary of [ENTRIES, NESTINGS])
      for (const entry of Object.keys(vocabulary.entries)) {
        const without = { ...subject, omitted: entryName(vocabulary, entry) };
        expect(everyShape(without).flatMap((shape) => Object.values(shape))).not.toContain(entry);
        expect(shapeSituations(without)).toHaveLength(shapeSituations(subject).length);
      }
  });

  it('ask for no bound where none may be given', () => {
    const unbounded = { ...subject, capabilities: DEFAULT_CAPABILITIES };
    expect(everyShape(unbounded).map(({ entry }) => entry)).not.toContain('bounded');
    expect(shapeSituations(unbounded)).toHaveLength(shapeSituations(subject).length - 2);
  });

  it('hold the lock around every step, and end what they begin', () => {
    const steps = [view('streams.get', 's'), view('streams.delete', 's')];
    for (const shape of everyShape(subject)) {
      const built = sectionOf(shape, { lock: 's', steps, end: [leave], aside: (name) => name });
      // Before it one of the same lock may have ended.
      const entered = built.findLastIndex((step) => step.do === 'enter' && step.stream === 's');
      const { leaveOf, enterOf } = matchSections(built);
      const places = steps.map((step) => built.indexOf(step));
      expect(places.every((at) => at > entered && at < (leaveOf.get(entered) ?? 0))).toBe(true);
      expect(enterOf.size).toBe(built.filter(({ do: what }) => what === 'enter').length);
    }
  });
});
