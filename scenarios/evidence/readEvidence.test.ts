import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StorageAdapter } from '../../adapters/contract/index.ts';
import { EVIDENCE_VERSION, type EvidenceHeader } from '../evidence.ts';
import type { JournalEntry } from './model/journal.ts';
import type { HistoryEntry } from './model/history.ts';
import { LockstepError } from '../lockstepError.ts';
import { writeAudit } from '../load/service/audit.ts';
import { writeDescription } from './description.ts';
import { describeFiles } from './files.ts';
import { openJournal } from '../load/service/journal.ts';
import { readEvidence } from './readEvidence.ts';
import { openRecorder } from '../load/driver/recorder.ts';
import { seededStream } from '../load/run/streams.ts';
import { openMapAdapter } from '../load/testing/mapAdapter.ts';
import { headerOf } from './testing/header.ts';

const HEADER = headerOf({
  seeded: [seededStream(0, 'lifecycle', 'active')],
  environment: { cores: 2 },
});
const ENTRY: HistoryEntry = {
  client: 1,
  key: 'stream-000000',
  f: 'settle',
  args: { token: 'settle:k' },
  call: 1,
  return: 2,
  outcome: 'ok',
  service: 1,
  result: { status: 200 },
};
const WAIT: JournalEntry = { type: 'wait', at: 1, section: 1, stream: 'stream-000000' };
const FILES = ['evidence.json', 'history-1.jsonl', 'journal-1.jsonl', 'audit-1.json'] as const;

let dir: string;
let adapter: StorageAdapter;
let namespaces = 0;
const at = (name: string): string => join(dir, name);

/** As the run does when it ends. */
async function describeRun(changes: Partial<EvidenceHeader> = {}): Promise<EvidenceHeader> {
  const header = { ...HEADER, files: await describeFiles(dir), ...changes };
  writeDescription(dir, header);
  return header;
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-evidence-'));
  const recorder = openRecorder(at('history-1.jsonl'), 'lifecycle');
  recorder.record(ENTRY);
  recorder.record({ ...ENTRY, client: 2 });
  recorder.close();
  for (const service of [1, 2]) {
    const journal = openJournal(at(`journal-${service}.jsonl`), service, () => 0);
    journal.write(WAIT);
    journal.close();
  }
  adapter = openMapAdapter(`read${(namespaces += 1)}`);
  await adapter.streamRepository?.streams?.create(seededStream(0, 'lifecycle', 'active'));
  await adapter.streamRepository?.activity?.append({ id: 'e', type: 't', description: 'a\nb' });
  await adapter.exportRepository?.audit.append({ id: 'x', exportId: 'y', type: 'export.requested' });
  for (const reader of [1, 2, 'fresh'] as const)
    await writeAudit(adapter, reader, at(`audit-${reader}.json`));
  await describeRun();
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('reading evidence', () => {
  it('gives back what was written', async () => {
    const evidence = await readEvidence(dir);
    const files = [
      'history-1.jsonl',
      'journal-1.jsonl',
      'journal-2.jsonl',
      'audit-1.json',
      'audit-2.json',
      'audit-fresh.json',
    ];
    expect(evidence.header).toEqual({ ...HEADER, files: evidence.header.files });
    expect(evidence.header.files.map(({ name }) => name)).toEqual(files);
    expect(evidence.header.files[0]).toMatchObject({ lines: 3 });
    expect(evidence.history).toEqual([ENTRY, { ...ENTRY, client: 2 }]);
    expect(evidence.journals).toEqual([
      { service: 1, pid: process.pid, entries: [WAIT] },
      { service: 2, pid: process.pid, entries: [WAIT] },
    ]);
    expect(evidence.audits.map((audit) => audit.reader)).toEqual([1, 2, 'fresh']);
    expect(evidence.audits[0]).toMatchObject({
      streams: HEADER.seeded,
      activity: [{ id: 'e', description: 'a\nb' }],
      idempotency: [],
      exports: [],
      exportAudit: [{ id: 'x' }],
    });
    expect(evidence.notes).toBeUndefined();
    expect(evidence.cut).toBeUndefined();
  });

  it('keeps equal audits once, and different ones apart', async () => {
    await adapter.streamRepository?.activity?.append({ id: 'late', type: 't', description: '' });
    await writeAudit(adapter, 2, at('audit-2.json'));
    await describeRun();
    const [first, second, fresh] = (await readEvidence(dir)).audits;
    expect(fresh?.activity).toBe(first?.activity);
    expect(second?.activity.map((event) => event.id)).toEqual(['e', 'late']);
  });

  it('orders files by number, and ignores others', async () => {
    for (const driver of [2, 10]) {
      const recorder = openRecorder(at(`history-${driver}.jsonl`), 'lifecycle');
      recorder.record({ ...ENTRY, client: driver });
      recorder.close();
    }
    writeFileSync(at('audit-3.json.partial'), '{');
    writeFileSync(at('notes.txt'), 'mine');
    mkdirSync(at('more'));
    await describeRun({ drivers: 3 });
    const { history } = await readEvidence(dir);
    expect(history.map((entry) => entry.client)).toEqual([1, 2, 2, 10]);
  });

  it.each(['{"client":\n', '{}\n', 'null\n', '[]\n'])('names the line of %j in a history', async (line) => {
    await describeRun({ interrupted: 'SIGINT', files: [] });
    const lines = readFileSync(at('history-1.jsonl'), 'utf8').split('\n');
    writeFileSync(at('history-1.jsonl'), `${lines.slice(0, 2).join('\n')}\n${line}${lines[2]}\n`);
    await expect(readEvidence(dir)).rejects.toMatchObject({
      code: 'EVIDENCE_MALFORMED',
      message: expect.stringMatching(/^history-1\.jsonl:3: /),
    });
  });

  it.each(FILES)('refuses a %s that is empty or no JSON', async (name) => {
    if (name !== 'evidence.json') await describeRun({ interrupted: 'SIGINT', files: [] });
    for (const text of ['', 'nonsense', 'null', '[]', '{"half":']) {
      writeFileSync(at(name), text);
      const refused = expect(readEvidence(dir)).rejects;
      await refused.toMatchObject({ name: 'LockstepError' });
    }
  });

  it('refuses an audit that is cut off anywhere', async () => {
    const whole = readFileSync(at('audit-1.json'), 'utf8');
    for (let length = 0; length < whole.length - 1; length += 7) {
      writeFileSync(at('audit-1.json'), whole.slice(0, length));
      await expect(readEvidence(dir)).rejects.toMatchObject({ code: 'EVIDENCE_MALFORMED' });
    }
  });

  it('refuses a folder without evidence', async () => {
    rmSync(at('evidence.json'));
    await expect(readEvidence(dir)).rejects.toMatchObject({ code: 'EVIDENCE_MISSING' });
    await expect(readEvidence(at('none'))).rejects.toMatchObject({ code: 'EVIDENCE_MISSING' });
  });

  it('refuses other versions and other workloads', async () => {
    await describeRun({ version: (EVIDENCE_VERSION + 1) as never });
    await expect(readEvidence(dir)).rejects.toMatchObject({ code: 'EVIDENCE_VERSION' });
    await describeRun({ workload: 'balance' });
    await expect(readEvidence(dir)).rejects.toMatchObject({ code: 'EVIDENCE_MALFORMED' });
    await describeRun({ seeded: 'none' as never });
    await expect(readEvidence(dir)).rejects.toMatchObject({ code: 'EVIDENCE_MALFORMED' });
  });
});

describe('an audit', () => {
  it('is one JSON value', () => {
    const audit: unknown = JSON.parse(readFileSync(at('audit-fresh.json'), 'utf8'));
    expect(audit).toMatchObject({ reader: 'fresh', exportAudit: [{ id: 'x' }] });
  });

  it('reads every page', async () => {
    const store = adapter.streamRepository?.activity;
    for (let number = 0; number < 2500; number += 1)
      await store?.append({ id: `many-${String(number).padStart(5, '0')}`, type: 't', description: '' });
    await writeAudit(adapter, 1, at('audit-1.json'));
    await describeRun();
    const [audit] = (await readEvidence(dir)).audits;
    expect(audit?.activity).toHaveLength(2501);
  });

  it('ends when a scan goes in circles, and leaves no audit', async () => {
    const page = { items: [{ id: 'a' }], nextCursor: 'YQ==' };
    const looping = { streamRepository: { streams: { scan: () => page } } } as unknown as StorageAdapter;
    await expect(writeAudit(looping, 7, at('audit-7.json'))).rejects.toThrow(Error);
    expect((await readEvidence(dir)).audits).toHaveLength(3);
  });
});

it('is never taken for whole once a character of it was changed, put in or taken out', async () => {
  const texts = new Map(readdirSync(dir).map((name) => [name, readFileSync(at(name), 'utf8')]));
  const by = fc.constantFrom('', '0', '"', '{', '}', ',', '\n', '\r\n', '\u0000', '\ufeff', 'null', '{}\n');
  const places = fc.record({
    name: fc.constantFrom(...texts.keys()),
    place: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(60),
    by,
  });
  await fc.assert(
    fc.asyncProperty(places, async ({ name, place, length, by: put }) => {
      const text = texts.get(name) as string;
      const from = Math.floor(place * text.length);
      const changed = text.slice(0, from) + put + text.slice(from + length);
      writeFileSync(at(name), changed);
      const outcome = await readEvidence(dir).catch((error: unknown) => error);
      writeFileSync(at(name), text);
      if (changed === text) return;
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(LockstepError);
      else expect(outcome).toHaveProperty('cut');
    }),
  );
});
