import { describe, expect, test } from 'vitest';
import {
  EXPORT_STATUSES,
  EXPORT_TRANSITIONS,
  transitionJob,
  validateTransition,
  type ExportJob,
} from '../index.ts';
import { codeFrom } from '../testing/codeFrom.ts';

const artefact = { signedUrl: 'https://files/x', signedUrlExpiresAt: '2026-01-31T09:15:00.000Z', rows: 3 };
const job: ExportJob = {
  id: 'x1',
  ownerId: 'o',
  status: 'pending',
  requestedAt: '2026-01-31T08:15:00.000Z',
  expiresAt: '2026-02-07T08:15:00.000Z',
  fileName: 'f.csv',
  rows: 0,
  attempts: 0,
};

describe('transitions of export jobs', () => {
  test('exactly the listed ones are allowed', () => {
    for (const status of EXPORT_STATUSES)
      for (const to of EXPORT_STATUSES) {
        const code = codeFrom(() => transitionJob({ ...job, status }, EXPORT_STATUSES, to, {}));
        expect(code).toBe(EXPORT_TRANSITIONS[status].includes(to) ? undefined : 'CONFLICT');
      }
  });

  test('the job must be in one of the statuses that the caller names', () => {
    expect(codeFrom(() => transitionJob(job, ['processing'], 'processing', {}))).toBe('CONFLICT');
    expect(codeFrom(() => transitionJob(job, [], 'processing', {}))).toBe('CONFLICT');
    expect(codeFrom(() => transitionJob(job, ['pending'], 'gone' as never, {}))).toBe('CONFLICT');
  });

  test('each start counts as an attempt, unless the patch says how many there were', () => {
    expect(transitionJob(job, ['pending'], 'processing', {})).toEqual({
      ...job,
      status: 'processing',
      attempts: 1,
    });
    expect(transitionJob(job, ['pending'], 'processing', { attempts: 5 }).attempts).toBe(5);
  });

  test('ready needs the whole artefact', () => {
    expect(codeFrom(() => validateTransition('ready', artefact))).toBeUndefined();
    for (const field of Object.keys(artefact)) {
      const patch = Object.fromEntries(Object.entries(artefact).filter(([name]) => name !== field));
      expect(codeFrom(() => validateTransition('ready', patch))).toBe('INVALID_RECORD');
    }
  });

  test('no job has a URL before it is ready', () => {
    expect(codeFrom(() => validateTransition('processing', { signedUrl: 'u' }))).toBe('INVALID_RECORD');
    expect(codeFrom(() => validateTransition('failed', artefact))).toBe('INVALID_RECORD');
    expect(codeFrom(() => validateTransition('failed', {}))).toBeUndefined();
  });

  test('an expired job has no URL left, also when the patch brings one', () => {
    const ready: ExportJob = { ...job, status: 'ready', ...artefact };
    const expired = transitionJob(ready, ['ready'], 'expired', {});
    expect(expired).toEqual({ ...job, status: 'expired', rows: 3 });
    expect(transitionJob(ready, ['ready'], 'expired', artefact)).not.toHaveProperty('signedUrl');
  });

  test('a patch with foreign fields is refused', () => {
    expect(codeFrom(() => validateTransition('processing', { status: 'ready' } as never))).toBe(
      'INVALID_RECORD',
    );
  });
});
