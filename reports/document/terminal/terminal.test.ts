import { describe, expect, it } from 'vitest';
import type { Certification, LoadResult, RunResult } from '../../model.ts';
import { certificationVerdict } from '../../run/certification.ts';
import { clauseBlocks, violationArticle } from '../../run/clauses.ts';
import { runDocument } from '../../run/document.ts';
import { loadBlocks } from '../../run/loads.ts';
import {
  ALL_FIXTURES,
  everything,
  LOST_UPDATE,
  mainJob,
  violatedCertification,
} from '../../testing/fixtures.ts';
import type { ClauseContext } from '../../words/repeat.ts';
import type { ClauseResult } from '../../../suites/result.ts';
import type { Block } from '../model.ts';
import { columns, wrap } from '../text.ts';
import { drawBlocks, drawDocument, type TerminalStyle } from './draw.ts';
import { renderLanes } from './lanes.ts';

const PLAIN = { color: false, columns: 100 };
const CONTEXT = { target: './my-adapter.ts', processes: 2 };

const renderTerminal = (run: RunResult, style: TerminalStyle): string =>
  drawDocument(runDocument(run), style);
const draw = (...blocks: readonly Block[]): string => drawBlocks(blocks, PLAIN);
const clauseBlock = (result: ClauseResult, context: ClauseContext): string =>
  draw(...clauseBlocks(result, context));
const violationBlock = (result: ClauseResult, context: ClauseContext): string =>
  draw(violationArticle(result, context));
const loadBlock = (run: RunResult, load: LoadResult): string => draw(...loadBlocks(run, load));
const certificationSummary = (one: Certification): string => draw(certificationVerdict(one));

function violated(): ReturnType<typeof violatedCertification>['certifications'][0]['clauses'] {
  return (
    violatedCertification().certifications[0]?.clauses.filter((clause) => clause.status === 'violated') ?? []
  );
}

describe('terminal text', () => {
  it.each(Object.entries(ALL_FIXTURES))('fits: %s', (_, fixture) => {
    for (const width of [80, 100, 120]) {
      const text = renderTerminal(fixture(), { color: false, columns: width });
      // Commands are never wrapped, so that they can be copied.
      const long = text
        .split('\n')
        .filter((line) => columns(line) > width && !/^ *(repeat|see all):/.test(line));
      expect(long).toEqual([]);
      expect(text.split('\n').filter((line) => line.endsWith(' '))).toEqual([]);
      expect(text).not.toMatch(/(?<!an unknown id reads as )undefined/);
    }
  });

  it('has colours only when asked, and says the same with them', () => {
    const coloured = renderTerminal(everything(), { color: true, columns: 100 });
    const plain = renderTerminal(everything(), PLAIN);
    expect(plain).not.toContain('\u001b');
    expect(coloured).toContain('\u001b[31m');
    const lines = (text: string): string[] =>
      text
        .replace(/\u001b\[\d+m/g, '')
        .split('\n')
        .map((line) => line.trimEnd());
    expect(lines(coloured)).toEqual(lines(plain));
  });

  it('lets no adapter send control characters', () => {
    // The only escapes are colours.
    const text = renderTerminal(violatedCertification(), PLAIN);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  it('puts a clause on one line, or a violation in full', () => {
    const [first] = mainJob().certifications[0]?.clauses ?? [];
    const [broken] = violated();
    if (first === undefined || broken === undefined) throw new Error('no clauses');
    expect(clauseBlock(first, CONTEXT).split('\n')).toHaveLength(1);
    expect(clauseBlock(broken, CONTEXT)).toContain(
      '--only LOCK-01 --seed 814301 --path 14:2:0 --processes 2',
    );
  });

  it('shows every part of a violation', () => {
    const [broken] = violated();
    if (broken === undefined) throw new Error('no violation');
    const text = violationBlock(broken, CONTEXT);
    for (const part of [
      'run 14 of 100',
      'process 1, actor 1',
      'both at once for 4.2 ms',
      LOST_UPDATE.actual,
      'process memory',
    ])
      expect(text).toContain(part);
  });

  it('quotes a target for the shell', () => {
    const [broken] = violated();
    if (broken === undefined) throw new Error('no violation');
    expect(violationBlock(broken, { target: "./it's; rm -rf.ts", processes: 1 })).toContain(
      `certify './it'\\''s; rm -rf.ts' --only`,
    );
  });

  it('prints power with its minimums, and what a negative control is worth', () => {
    const [control, load] = mainJob().loads;
    if (control === undefined || load === undefined) throw new Error('no loads');
    expect(loadBlock(mainJob(), load).replace(/\s+/g, ' ')).toContain('(minimum 200)');
    expect(loadBlock(mainJob(), control)).toContain('caught, as it must be');
    const missed = { ...load, negativeControl: true };
    expect(loadBlock(mainJob(), missed)).toContain('NOT caught');
  });

  it('says what a certification reached', () => {
    const [memory] = mainJob().certifications;
    const [own] = violatedCertification().certifications;
    if (memory === undefined || own === undefined) throw new Error('no certifications');
    expect(certificationSummary(memory)).toContain('process level');
    expect(certificationSummary(own)).toContain('no level');
    const [first, second] = memory.clauses;
    if (first === undefined || second === undefined) throw new Error('no clauses');
    const provided = [first, second].map(({ clause }) => ({
      ...first,
      clause,
      status: 'not-applicable' as const,
      reason: 'provided by the bridge',
    }));
    const summary = certificationSummary({ ...memory, clauses: provided });
    expect(summary).toContain(`provided by the bridge: ${first.clause}–${second.clause}`);
    const reason = 'its environment "p" cannot be had here: Install p.';
    const unchecked = { ...first, status: 'unverified' as const, reason };
    const claimed = certificationSummary({ ...memory, unverified: ['poolers'], clauses: [unchecked] });
    expect(claimed).toContain(`${first.clause} was not checked: ${reason}`);
    expect(claimed).toContain('process level (poolers claimed, not verified here)');
    expect(certificationSummary({ ...memory, partial: true, level: null })).toContain('interrupted');
  });
});

describe('lanes', () => {
  const two = LOST_UPDATE.lanes.slice(0, 2);

  it('run to the right when the labels fit', () => {
    const lines = renderLanes(two, { color: false, columns: 250 }, 240);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^process 1, actor 1 {2}├ enter s1 .*├|^process 1, actor 1 {2}├ enter s1 .*┤$/);
    expect(lines[2]).toContain('▔');
  });

  it('run downwards when they do not', () => {
    const lines = renderLanes(LOST_UPDATE.lanes, PLAIN, 96);
    expect(lines[0]).toMatch(/process 1, actor 1 +process 2, actor 2 +process 2, actor 3/);
    expect(lines.some((line) => line.includes('┃') && line.includes('┣'))).toBe(true);
  });

  it('become a list when there are too many', () => {
    const many = Array.from({ length: 6 }, (_, index) => ({
      ...LOST_UPDATE.lanes[0]!,
      label: `process ${index}`,
    }));
    const lines = renderLanes(many, PLAIN, 80);
    expect(lines.filter((line) => /^ *\d+ /.test(line))).toHaveLength(24);
    expect(Math.max(...lines.map(columns))).toBeLessThanOrEqual(80);
  });

  it('are nothing without events', () => {
    expect(renderLanes([{ label: 'a', events: [] }], PLAIN, 80)).toEqual([]);
    expect(renderLanes([], PLAIN, 80)).toEqual([]);
  });
});

describe('wrap', () => {
  it('breaks between words, and words only when it must', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrap('a\nb', 10)).toEqual(['a', 'b']);
    expect(wrap('', 10)).toEqual(['']);
  });
});
