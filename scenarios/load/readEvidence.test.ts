import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_CAPABILITIES, type StorageAdapter } from '../../adapters/contract/index.ts';
import { EVIDENCE_VERSION, type EvidenceHeader, type HistoryEntry, type JournalEntry } from '../evidence.ts';
import { writeAudit } from './audit.ts';
import { openJournal } from './journal.ts';
import { readEvidence } from './readEvidence.ts';
import { openRecorder } from './recorder.ts';
import { seededStream } from './streams.ts';
import { openMapAdapter } from './testing/mapAdapter.ts';

const HEADER: EvidenceHeader = {
  version: EVIDENCE_VERSION,
  target: { name: 'map', version: '1.0.0' },
  surfaces: ['locks', 'streams'],
  capabilities: DEFAULT_CAPABILITIES,
  workload: 'lifecycle',
  mix: 'uniform',
  seed: 1,
  services: 2,
  drivers: 1,
  seeded: [seededStream(0, 'lifecycle', 'active')],
  seededExports: [],
  minimums: {
    crossProcessAttempts: 0,
    contendedStreams: 0,
    duplicateAttempts: 0,
    scansBesideWrites: 0,
    claimRaces: 0,
    lateFinishes: 0,
  },
  environment: { cores: 2 },
  options: {},
  startedAt: '2026-01-01T00:00:00.000Z',
  loadFrom: 0,
  loadTo: 5,
};
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

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-evidence-'));
  writeFileSync(at('evidence.json'), JSON.stringify(HEADER));
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
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('reading evidence', () => {
  it('gives back what was written', async () => {
    const evidence = await readEvidence(dir);
    expect(evidence.header).toEqual(HEADER);
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
  });

  it('keeps equal audits once, and different ones apart', async () => {
    await adapter.streamRepository?.activity?.append({ id: 'late', type: 't', description: '' });
    await writeAudit(adapter, 2, at('audit-2.json'));
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
    const { history } = await readEvidence(dir);
    expect(history.map((entry) => entry.client)).toEqual([1, 2, 2, 10]);
  });

  it.each(['history-1.jsonl', 'journal-1.jsonl'])(
    'leaves out a last line of %s that was cut off',
    async (name) => {
      const { length } = readFileSync(at(name));
      truncateSync(at(name), length - 4);
      const { history, journals, notes } = await readEvidence(dir);
      expect(notes).toHaveLength(1);
      expect(history.length + (journals[0]?.entries.length ?? 0)).toBe(2);
    },
  );

  it('takes a last line that lacks its line break only', async () => {
    truncateSync(at('history-1.jsonl'), readFileSync(at('history-1.jsonl')).length - 1);
    const { history, notes } = await readEvidence(dir);
    expect([history.length, notes]).toEqual([2, undefined]);
  });

  it('refuses a damaged line that is not cut off', async () => {
    for (const line of ['{"client":\n', '{}\n', 'null\n', '[]\n', '{"client":1}']) {
      const before = readFileSync(at('history-1.jsonl'));
      appendFileSync(at('history-1.jsonl'), line);
      await expect(readEvidence(dir)).rejects.toMatchObject({ code: 'EVIDENCE_MALFORMED' });
      writeFileSync(at('history-1.jsonl'), before);
    }
    appendFileSync(at('journal-2.jsonl'), '{"type":"odd","at":1}\n');
    await expect(readEvidence(dir)).rejects.toMatchObject({ code: 'EVIDENCE_MALFORMED' });
  });

  it.each(FILES)('refuses a %s that is empty or no JSON', async (name) => {
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
    writeFileSync(at('evidence.json'), JSON.stringify({ ...HEADER, version: EVIDENCE_VERSION + 1 }));
    await expect(readEvidence(dir)).rejects.toMatchObject({ code: 'EVIDENCE_VERSION' });
    writeFileSync(at('evidence.json'), JSON.stringify({ ...HEADER, workload: 'balance' }));
    await expect(readEvidence(dir)).rejects.toMatchObject({ code: 'EVIDENCE_MALFORMED' });
    writeFileSync(at('evidence.json'), JSON.stringify({ ...HEADER, seeded: 'none' }));
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
