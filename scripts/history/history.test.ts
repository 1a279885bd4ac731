import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HistoryReport } from '../../reports/history/model.ts';
import { renderJson } from '../../reports/renderers/json.ts';
import { comparison } from '../../reports/testing/comparisons.ts';
import { okLoad } from '../../reports/testing/fixtures.ts';
import { distUrl } from '../paths.ts';
import { measureCanaries } from './canary.ts';
import { entriesOfComparison, entriesOfRun } from './entries.ts';
import { appendHistory, HISTORY_FILE, readHistory } from './file.ts';

let dir: string;
let count = 0;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-history-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const newFolder = (): string => join(dir, String((count += 1)));

describe('lines of a history', () => {
  it('hold what a load measured, and under which conditions', () => {
    const run = okLoad();
    const [entry] = entriesOfRun(run, {
      canary: { 'bare-server': 30 },
      commitOf: () => ({ id: 'abc', isChanged: true }),
      length: { operations: 2000 },
    });
    const [load] = run.loads;
    expect(entry).toMatchObject({
      at: run.startedAt,
      target: load?.target.spec,
      verdict: 'ok',
      machine: { cores: run.environment.cores },
      settings: { mix: load?.mix, operations: 2000 },
      figures: { 'effects/s': load?.effectsPerSecond },
      canary: { 'bare-server': 30 },
      commit: { id: 'abc', isChanged: true },
    });
  });

  it('hold the medians of the rounds of a comparison, of each target once', () => {
    const report = comparison();
    const entries = entriesOfComparison(report);
    expect(entries.map(({ target }) => target)).toEqual(['memory', 'postgres']);
    expect(entries[1]?.settings).toMatchObject({ rounds: 12, version: 'PostgreSQL 18.4', fsync: 'on' });
    expect(entries[1]?.settings).not.toHaveProperty('port');
    const before = { ...report, sides: report.sides.map((side) => ({ ...side, spec: 'postgres' })) };
    expect(entriesOfComparison(before)).toHaveLength(1);
    expect(entriesOfComparison({ ...report, pairing: 'unpaired' })).toEqual([]);
  });
});

describe('the file', () => {
  it('is added to, also behind a line that was cut off', () => {
    const folder = newFolder();
    const entries = entriesOfRun(okLoad());
    appendHistory(folder, entries);
    appendFileSync(join(folder, HISTORY_FILE), '{"schemaVersion":1,"at":"20');
    appendHistory(folder, entries);
    const text = readFileSync(join(folder, HISTORY_FILE), 'utf8');
    const { entries: read, broken } = readHistory(folder);
    expect(read).toEqual([...entries, ...entries]);
    expect(broken).toEqual([
      { file: HISTORY_FILE, line: 2, reason: expect.stringContaining('this is no JSON') },
    ]);
    expect(readFileSync(join(folder, HISTORY_FILE), 'utf8')).toBe(text);
  });

  it('is told of with the line and what is wrong there', () => {
    const folder = newFolder();
    const [entry] = entriesOfRun(okLoad());
    appendHistory(folder, entriesOfRun(okLoad()));
    appendFileSync(join(folder, HISTORY_FILE), `\n${JSON.stringify({ ...entry, verdict: 'fine' })}\n`);
    expect(readHistory(folder).broken).toMatchObject([
      {
        line: 3,
        reason: expect.stringMatching(/^expected a run of lockstep as one line of JSON; verdict: /),
      },
    ]);
  });

  it('stands beside folders of recorded runs, which count once', () => {
    const folder = newFolder();
    const old = { ...okLoad(), startedAt: '2025-12-31T08:00:00.000Z' };
    for (const [name, run] of Object.entries({ old, same: okLoad() })) {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, 'result.json'), renderJson(run));
    }
    mkdirSync(join(folder, 'torn'));
    writeFileSync(join(folder, 'torn', 'result.json'), '{');
    appendHistory(folder, entriesOfRun(okLoad()));
    const { entries, broken } = readHistory(folder);
    expect(entries.map(({ at }) => at).toSorted()).toEqual([old.startedAt, okLoad().startedAt]);
    expect(broken).toMatchObject([{ file: join('torn', 'result.json') }]);
  });

  it('is expected', () => {
    expect(() => readHistory(join(dir, 'nowhere'))).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.stringContaining('expected a folder with history.jsonl'),
      }),
    );
  });
});

describe('report --history', () => {
  it('tells of a broken line with file and number, keeps it, and shows the rest', () => {
    const folder = newFolder();
    appendHistory(folder, entriesOfRun(okLoad()));
    appendFileSync(join(folder, HISTORY_FILE), 'no JSON at all\n');
    const before = readFileSync(join(folder, HISTORY_FILE), 'utf8');
    const command = fileURLToPath(distUrl('scripts/lockstep.js'));
    const { status, stderr } = spawnSync(
      process.execPath,
      [command, 'report', '--history', folder, '--format', 'json'],
      {
        cwd: dir,
        encoding: 'utf8',
      },
    );
    expect(stderr).toMatch(
      /history\.jsonl:2: expected a run of lockstep as one line of JSON; this is no JSON/,
    );
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(3);
    const report = JSON.parse(readFileSync(join(folder, 'history.json'), 'utf8')) as HistoryReport;
    expect(report).toMatchObject({ series: [{ target: 'postgres', leftOut: 0 }], broken: [{ line: 2 }] });
    expect(readFileSync(join(folder, HISTORY_FILE), 'utf8')).toBe(before);
    expect(readdirSync(folder).toSorted()).toEqual(['history.json', HISTORY_FILE]);
  });
});

describe('the canary', () => {
  it('is measured beside a run, and leaves nothing behind', async () => {
    const notes: string[] = [];
    const canaries = await measureCanaries((text) => notes.push(text), { requests: 20, transactions: 2 });
    expect(notes).toEqual([]);
    for (const value of [canaries['bare-server'], canaries.database]) expect(value).toBeGreaterThan(0);
  });
});
