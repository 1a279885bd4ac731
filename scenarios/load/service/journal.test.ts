import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../evidence/model/journal.ts';
import { journalProblem } from '../../evidence/evidenceShape.ts';
import { journalSections, openJournal, type JournalWriter } from './journal.ts';
import { forEachEntry, SectionLines, type JournalLine } from '../../evidence/sectionLines.ts';

function entriesIn(text: string): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const value = JSON.parse(line) as JournalLine;
    expect(journalProblem(value)).toBeUndefined();
    forEachEntry(value, (entry) => entries.push(entry));
  }
  return entries;
}

describe('lines of a section', () => {
  const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    fc.option(value, { nil: undefined });
  const entry = fc
    .record({
      type: fc.constantFrom('wait', 'enter', 'read', 'execute', 'leave', 'settle', 'payout', 'answer'),
      at: fc.nat(),
      attempt: fc.integer({ min: 1, max: 2 }),
      stream: fc.constantFrom('s', '"'),
      token: optional(fc.constantFrom('t', '\\')),
      fence: optional(fc.constant('7')),
      outcome: fc.constantFrom('committed', 'aborted'),
    })
    .map(({ type, at, attempt, stream, token, fence, outcome }): JournalEntry => {
      const named = token === undefined ? {} : { token };
      const fields: Record<string, object> = {
        wait: { stream, ...named },
        enter: { stream, attempt, ...(fence === undefined ? {} : { fence }) },
        read: { attempt },
        execute: { attempt, stream, f: 'settle', ...named, operationId: 'o', revision: -1 },
        leave: { attempt, wrote: true },
        settle: { outcome },
        answer: { status: 200 },
      };
      if (type === 'payout') return { type, at, stream, operationId: 'o', amount: '1' };
      return { type, at, section: 1, ...fields[type] } as JournalEntry;
    });

  it('tell of every entry, whatever follows what', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
        const lines = new SectionLines();
        const text = entries.map((one) => lines.add(one)).join('') + lines.rest();
        expect(entriesIn(text)).toStrictEqual(entries);
        expect(lines.isEmpty).toBe(true);
      }),
    );
  });
});

describe('a journal', () => {
  let dir: string;
  let journal: JournalWriter;
  let time = 0;
  const journaled = (): string[] =>
    entriesIn(readFileSync(join(dir, 'journal.jsonl'), 'utf8').replace(/^.*\n/, '')).map(({ type }) => type);

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'lockstep-journal-'));
    journal = openJournal(join(dir, 'journal.jsonl'), 1, () => (time += 1));
  });
  afterEach(() => {
    journal.close();
    rmSync(dir, { recursive: true });
  });

  it('has on disk what others are about to see, in three lines a request', async () => {
    const { hooks, paid, answered } = journalSections(
      journal,
      { stream: 's', f: 'settle', token: 't' },
      false,
    );
    await hooks.entered?.(1, {} as never);
    await hooks.read?.(1);
    await hooks.executed?.(1, { operationId: 'o', revision: 1 });
    expect(journaled()).toEqual([]);
    hooks.left?.(1, true);
    const before = ['wait', 'enter', 'read', 'execute', 'leave'];
    expect(journaled()).toEqual(before);
    hooks.settled?.('committed');
    await paid({ operationId: 'o', amount: '1' });
    expect(journaled()).toEqual([...before, 'settle', 'payout']);
    await answered(200);
    expect(journaled()).toEqual([...before, 'settle', 'payout', 'answer']);
    expect(readFileSync(join(dir, 'journal.jsonl'), 'utf8').split('\n')).toHaveLength(1 + 3 + 1);
  });

  it('has everything on disk at once where others see it at once', async () => {
    const { hooks } = journalSections(journal, { stream: 's', f: 'settle' }, true);
    await hooks.entered?.(1, {} as never);
    expect(journaled()).toEqual(['wait', 'enter']);
    await hooks.read?.(1);
    await hooks.executed?.(1, { operationId: 'o', revision: 1 });
    expect(journaled()).toEqual(['wait', 'enter', 'read', 'execute']);
  });

  it('writes what is only kept when it is asked to, and after a while', async () => {
    journalSections(journal, { stream: 'a', f: 'settle' }, false);
    journal.flush('kept');
    expect(journaled()).toEqual(['wait']);
    journalSections(journal, { stream: 'b', f: 'settle' }, false);
    await expect.poll(journaled).toEqual(['wait', 'wait']);
  });
});
