import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../../evidence/model/history.ts';
import { meaningOf, openRecorder } from './recorder.ts';

const STREAM = { id: 's', status: 'ended', revision: 4, releasedAmount: '9', withdrawnAmount: '0' };
const SHOWN = { revision: 4, streamStatus: 'ended', releasedAmount: '9', withdrawnAmount: '0' };

describe('the meaning of an answer', () => {
  it('is an effect if it names an operation', () => {
    const body = JSON.stringify({ stream: STREAM, operationId: 'o' });
    expect(meaningOf('settle', 200, body, false)).toEqual({
      outcome: 'ok',
      result: { status: 200, ...SHOWN, effect: true, operationId: 'o', body },
    });
    expect(meaningOf('settle', 200, body, true).result).toMatchObject({ replayed: true, effect: true, body });
  });

  it('is an observation if nothing changed', () => {
    expect(meaningOf('settle', 200, JSON.stringify({ stream: STREAM }), false)).toEqual({
      outcome: 'ok',
      result: { status: 200, ...SHOWN, effect: false },
    });
    expect(meaningOf('get', 200, JSON.stringify(STREAM), false)).toEqual({
      outcome: 'ok',
      result: { status: 200, ...SHOWN },
    });
  });

  it('is an observation if the state machine refused', () => {
    const body = JSON.stringify({ stream: STREAM, error: { code: 'INVALID_STATE', message: '' } });
    expect(meaningOf('withdraw', 409, body, false)).toEqual({
      outcome: 'ok',
      result: { status: 409, ...SHOWN, code: 'INVALID_STATE', effect: false },
    });
  });

  it.each([400, 404, 405, 409, 413, 501, 503])('is a failure without effect at %i', (status) => {
    const body = JSON.stringify({ error: { code: 'CODE', message: '' } });
    expect(meaningOf('settle', status, body, false)).toEqual({
      outcome: 'fail',
      result: { status, code: 'CODE' },
    });
  });

  it.each([
    [500, '{"error":{"code":"OUTCOME_UNKNOWN"}}'],
    [502, 'bad gateway'],
    [302, ''],
    [200, ''],
    [200, '{}'],
    [200, '{"stream":'],
    [200, 'null'],
  ])('is unknown at %i with %j', (status, body) => {
    expect(meaningOf('settle', status, body, false).outcome).toBe('unknown');
  });
});

describe('the recorder', () => {
  it('writes a header, one line an entry and one end record, also after it was closed twice', () => {
    const directory = mkdtempSync(join(tmpdir(), 'lockstep-recorder-'));
    try {
      const path = join(directory, 'history-1.jsonl');
      const recorder = openRecorder(path, 'balance');
      const entry = {
        client: 1,
        key: 's',
        f: 'get',
        args: {},
        call: 1,
        return: null,
        outcome: 'unknown',
        service: 1,
      } satisfies HistoryEntry;
      recorder.record(entry);
      recorder.flush();
      recorder.record({ ...entry, client: 2 });
      recorder.close();
      recorder.close();
      recorder.record({ ...entry, client: 3 });
      const lines = readFileSync(path, 'utf8').split('\n');
      expect(lines.map((line) => (line === '' ? null : (JSON.parse(line) as unknown)))).toEqual([
        { format: 'lockstep-history', version: 1, model: 'stream-balance' },
        entry,
        { ...entry, client: 2 },
        { end: { lines: 3, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string } },
        null,
      ]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
