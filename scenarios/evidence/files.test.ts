import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { idOfRule } from '../../adapters/contract/index.ts';
import { findRecorded } from '../history/recorded.ts';
import { readHistory } from '../history/readHistory.ts';
import type { EvidenceHeader, Strike } from '../evidence.ts';
import type { HistoryEntry } from './model/history.ts';
import { readEvidenceHeader, writeDescription } from './description.ts';
import { endFor, readEnd } from './ending.ts';
import { checkFiles, describeFiles } from './files.ts';
import { openJournal } from '../load/service/journal.ts';
import { readEvidence } from './readEvidence.ts';
import { openRecorder } from '../load/driver/recorder.ts';
import { openStrikes } from '../faults/strikes/strikeFile.ts';
import { seededStream, seededStreams } from '../load/run/streams.ts';
import { headerOf } from './testing/header.ts';

const LINES = 100;
const HEADER = headerOf({
  drivers: 2,
  seeded: [seededStream(0, 'lifecycle', 'active')],
  faults: { 'kill-holder': 1 },
});
const STRIKE: Strike = { number: 1, fault: 'kill-holder', point: 'read', service: 2, usable: [], ended: [] };
const LISTS = ['streams', 'activity', 'idempotency', 'exports', 'exportAudit'];
const AUDIT = `{"reader":1,\n${LISTS.map((list) => `"${list}":[\n]`).join(',\n')}\n}\n`;

let dir: string;
const at = (name: string): string => join(dir, name);
const textOf = (name: string): string => readFileSync(at(name), 'utf8');
const linesOf = (name: string): string[] => textOf(name).trimEnd().split('\n');
const keepLines = (name: string, lines: readonly string[]): void =>
  writeFileSync(at(name), lines.map((line) => `${line}\n`).join(''));

function entry(client: number): HistoryEntry {
  const answered = { outcome: 'ok', result: { status: 200, effect: true } } as const;
  const key = 'stream-000000';
  return { client, key, f: 'settle', args: {}, call: client, return: client + 1, ...answered, service: 1 };
}

/** Evidence of two drivers, of whoever challenges those that are struck, and of a service that was killed. */
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-files-'));
  for (const driver of [1, 2, 3]) {
    const recorder = openRecorder(at(`history-${driver}.jsonl`), 'lifecycle');
    for (let line = 0; line < LINES; line += 1) recorder.record(entry(line));
    recorder.close();
  }
  for (const name of ['journal-1', 'journal-2', 'journal-2.2']) {
    const journal = openJournal(at(`${name}.jsonl`), Number(name[8]), () => 0);
    for (let section = 0; section < LINES; section += 1)
      journal.write({ type: 'wait', at: section, section, stream: 'stream-000000' });
    journal.close();
  }
  keepLines('journal-2.jsonl', linesOf('journal-2.jsonl').slice(0, -1));
  await endFor(at('journal-2.jsonl'), 'SIGKILL');
  const strikes = openStrikes(at('faults.jsonl'));
  strikes.write(STRIKE);
  strikes.close();
  writeFileSync(at('audit-1.json'), AUDIT);
  writeDescription(dir, { ...HEADER, files: await describeFiles(dir) });
});
afterEach(() => rmSync(dir, { recursive: true }));

const WRITTEN = ['history-1.jsonl', 'history-3.jsonl', 'journal-1.jsonl', 'journal-2.jsonl', 'faults.jsonl'];

describe('the description of a run', () => {
  it('tells of the streams that were created while the load went on, without listing them', async () => {
    const ids = { pattern: '^[a-z]{12}$', flags: '', example: 'abcdefghijkl' };
    const rule = { workload: 'lifecycle', statuses: ['active', 'draft', 'paused'] } as const;
    const seeded = seededStreams({ from: 0, to: 700 }, rule, idOfRule(ids));
    const provided = { count: 500, statuses: rule.statuses };
    writeDescription(dir, { ...HEADER, ids, seeded, provided });
    expect(textOf('evidence.json')).not.toContain(`"${seeded[200]?.id}"`);
    expect(await readEvidenceHeader(dir)).toEqual({ ...HEADER, ids, seeded, provided });
    writeDescription(dir, { ...HEADER, ids: { ...ids, pattern: '[a-z' }, seeded, provided });
    await expect(readEvidenceHeader(dir)).rejects.toMatchObject({ code: 'EVIDENCE_MALFORMED' });
  });
});

describe('files of evidence', () => {
  it('are what the run says of them, also of a service that was killed', async () => {
    const { header, history, journals, strikes, cut } = await readEvidence(dir);
    expect(cut).toBeUndefined();
    expect([history.length, journals.length, strikes]).toEqual([3 * LINES, 3, [STRIKE]]);
    expect(header.files.find(({ name }) => name === 'journal-2.jsonl')).toMatchObject({
      lines: LINES + 1,
      ended: 'SIGKILL',
    });
    expect((await findRecorded(dir)).files).toHaveLength(3);
  });

  it.each(WRITTEN)('are cut when %s lacks its end', async (name) => {
    const lines = linesOf(name);
    const whole = textOf(name);
    for (const left of [lines.slice(0, -1), lines.slice(0, Math.ceil(lines.length * 0.7))]) {
      if (left.length === lines.length) continue;
      keepLines(name, left);
      const [problem, ...others] = await checkFiles(dir, await readEvidenceHeader(dir));
      expect(problem).toBe(
        `${name} is cut off: it lacks the end record that was written after ${lines.length - 1} lines`,
      );
      expect(others).toEqual([]);
      expect((await readEvidence(dir)).cut).toEqual([problem]);
      await expect(findRecorded(dir)).rejects.toMatchObject({ code: 'EVIDENCE_CUT' });
    }
    writeFileSync(at(name), whole.slice(0, -20));
    expect((await readEvidence(dir)).cut).toHaveLength(1);
  });

  it.each([...WRITTEN, 'audit-1.json'])('are cut when %s is missing', async (name) => {
    rmSync(at(name));
    expect((await readEvidence(dir)).cut).toEqual([`${name} is missing`]);
  });

  const FORGERIES: Readonly<Record<string, (lines: string[]) => string[]>> = {
    'a line is changed': ([first = '', ...rest]) => [first.replace('1', '2'), ...rest],
    'a line is taken out': (lines) => lines.toSpliced(-2, 1),
    'a line is doubled': (lines) => lines.toSpliced(-2, 0, lines.at(-2) ?? ''),
    'the end record is doubled': (lines) => [...lines, lines.at(-1) ?? ''],
    'lines are written after the end': (lines) => [...lines, lines.at(-2) ?? '', lines.at(-1) ?? ''],
    'the end record tells of another way to end': (lines) => [
      ...lines.slice(0, -1),
      lines.at(-1)?.replace('}}', ',"ended":"SIGTERM"}}') ?? '',
    ],
  };
  for (const name of WRITTEN)
    it.each(Object.entries(FORGERIES))(`are refused when in ${name} %s`, async (_, forge) => {
      keepLines(name, forge(linesOf(name)));
      await expect(readEvidence(dir)).rejects.toMatchObject({
        code: 'EVIDENCE_MALFORMED',
        message: expect.stringMatching(new RegExp(`^${name.replace('.', '\\.')}(:\\d+)?: `)),
      });
      await expect(findRecorded(dir)).rejects.toMatchObject({ code: 'EVIDENCE_MALFORMED' });
    });

  it('are refused when every outcome is unknown, though each line is one of a history', async () => {
    const unknown = linesOf('history-2.jsonl').map((line) =>
      line.replace('"outcome":"ok"', '"outcome":"unknown"'),
    );
    keepLines('history-2.jsonl', unknown);
    await expect(readEvidence(dir)).rejects.toThrow(/^history-2\.jsonl:102: .* their hash is another one\.$/);
  });

  it('are refused when others stand beside them, or an audit was changed', async () => {
    writeFileSync(at('journal-3.jsonl'), textOf('journal-1.jsonl'));
    await expect(readEvidence(dir)).rejects.toThrow(/^journal-3\.jsonl: The run did not leave this file/);
    rmSync(at('journal-3.jsonl'));
    appendFileSync(at('audit-1.json'), '\n');
    await expect(readEvidence(dir)).rejects.toThrow(/^audit-1\.json: It is not what the run left/);
  });

  it('of a run that was interrupted may lack their ends, but were not changed', async () => {
    writeDescription(dir, { ...HEADER, interrupted: 'SIGINT' });
    keepLines('history-1.jsonl', linesOf('history-1.jsonl').slice(0, 50));
    const { cut, history } = await readEvidence(dir);
    expect([cut, history.length]).toEqual([undefined, 2 * LINES + 49]);
    keepLines('history-2.jsonl', linesOf('history-2.jsonl').toSpliced(5, 1));
    await expect(readEvidence(dir)).rejects.toMatchObject({ code: 'EVIDENCE_MALFORMED' });
  });
});

describe('the description of a run', () => {
  const FORGERIES: Readonly<Record<string, (header: EvidenceHeader) => object>> = {
    services: (header) => ({ ...header, services: 1 }),
    drivers: (header) => ({ ...header, drivers: 1 }),
    files: ({ files, ...header }) => ({ ...header, files: files.slice(1) }),
    minimums: (header) => ({ ...header, minimums: { ...header.minimums, contendedStreams: -1 } }),
  };

  it.each(Object.entries(FORGERIES))('is refused when its %s were changed', async (_, forge) => {
    const sealed = JSON.parse(textOf('evidence.json')) as EvidenceHeader;
    writeFileSync(at('evidence.json'), `${JSON.stringify(forge(sealed))}\n`);
    await expect(readEvidence(dir)).rejects.toThrow(/^evidence\.json: /);
    const { sha256: _sha256, ...unsealed } = sealed as EvidenceHeader & { sha256?: string };
    writeFileSync(at('evidence.json'), `${JSON.stringify(unsealed)}\n`);
    await expect(readEvidence(dir)).rejects.toThrow(/^evidence\.json: Expected "sha256"/);
  });

  it.each(['services', 'drivers'] as const)(
    'is refused when it tells of fewer %s than left files',
    async (who) => {
      const files = await describeFiles(dir);
      for (const count of [1, 3]) {
        writeDescription(dir, { ...HEADER, files, [who]: count });
        await expect(readEvidence(dir)).rejects.toThrow(
          /^evidence\.json: Expected (histories|journals) of every/,
        );
      }
    },
  );
});

describe('a history by itself', () => {
  const read = (name: string): Promise<number> => {
    let count = 0;
    const reader = { header: () => {}, line: () => void (count += 1) };
    return readHistory({ path: at(name), name }, reader).then(() => count);
  };

  it('need not have an end record, and must fit the one that it has', async () => {
    expect(await read('history-1.jsonl')).toBe(LINES);
    const lines = linesOf('history-1.jsonl');
    keepLines('history-1.jsonl', lines.slice(0, 40));
    expect(await read('history-1.jsonl')).toBe(39);
    keepLines('history-1.jsonl', lines.toSpliced(40, 30));
    await expect(read('history-1.jsonl')).rejects.toThrow(
      'history-1.jsonl:72: Its end record counts 101 lines before it, and there are 71: lines were taken out or added.',
    );
    keepLines('history-1.jsonl', [...lines, lines.at(-2) ?? '']);
    await expect(read('history-1.jsonl')).rejects.toThrow(
      'history-1.jsonl:103: Expected nothing behind the end record.',
    );
  });
});

describe('the end of a file whose writer was lost', () => {
  it('removes the half of a line, and leaves alone what has an end', async () => {
    const lines = linesOf('journal-1.jsonl');
    writeFileSync(at('journal-1.jsonl'), `${lines.slice(0, 10).join('\n')}\n{"type":"wa`);
    await endFor(at('journal-1.jsonl'), 'exit status 7');
    const ended = textOf('journal-1.jsonl');
    expect(await readEnd(at('journal-1.jsonl'))).toMatchObject({ lines: 10, ended: 'exit status 7' });
    expect(linesOf('journal-1.jsonl').slice(0, -1)).toEqual(lines.slice(0, 10));
    await endFor(at('journal-1.jsonl'), 'SIGKILL');
    expect(textOf('journal-1.jsonl')).toBe(ended);
    writeFileSync(at('empty.jsonl'), '');
    await endFor(at('empty.jsonl'), 'SIGKILL');
    expect(await readEnd(at('empty.jsonl'))).toMatchObject({ lines: 0 });
  });
});
