import { describe, expect, it } from 'vitest';
import type { ExportAuditRecord, ExportJob } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import type { Evidence } from '../../../scenarios/evidence.ts';
import type { JournalEntry } from '../../../scenarios/evidence/model/journal.ts';
import type { HistoryEntry } from '../../../scenarios/evidence/model/history.ts';
import type { WorkCall, WorkOutcome } from '../../../adapters/protocol/work.ts';
import type { RuleResult } from '../../result.ts';
import { countClaims } from './claims.ts';
import { judge } from '../index.ts';
import { simulate } from '../testing/synthetic.ts';
import { turnsIn } from '../facts/turns.ts';

const TIME = '2026-03-01T00:00:00.000000Z';
const URL = 'https://files.invalid/e1/a';
const LEASE_MS = 1000;

/** One call of a worker: when it was made and came back, in milliseconds. */
interface Told {
  readonly call: WorkCall;
  readonly at: readonly [number, number?];
  readonly outcome?: WorkOutcome;
  readonly attempts?: number;
  readonly url?: string;
}

function journal(turn: number, calls: readonly Told[]): JournalEntry[] {
  return calls.flatMap(({ call, at: [from, to], outcome = 'done', attempts, url }) => {
    const more = {
      ...(call === 'claim' ? { leaseMs: LEASE_MS } : {}),
      ...defined({ url }),
    };
    const called: JournalEntry = { type: 'workCall', at: from * 1e6, turn, call, ...more };
    if (to === undefined) return [called];
    const job = attempts === undefined ? {} : { job: 'e1', attempts };
    return [called, { type: 'workReturn', at: to * 1e6, turn, call, outcome, ...job }];
  });
}

interface World {
  /** Turns of service 1 and of service 2. */
  readonly turns: readonly (readonly Told[])[];
  readonly stored?: Partial<ExportJob> | null;
  readonly audited?: readonly ExportAuditRecord['type'][];
  readonly downloads?: readonly (string | undefined)[];
  readonly isRequested?: boolean;
}

function evidenceOf({ turns, stored = {}, audited, downloads = [], isRequested = true }: World): Evidence {
  const base = simulate({ operations: 4, streams: 2, trouble: 0 });
  const request = (f: HistoryEntry['f'], key: string, result: HistoryEntry['result']): HistoryEntry => ({
    client: 900,
    service: 1,
    key,
    f,
    args: {},
    call: 0,
    return: 5000e6,
    outcome: 'ok',
    ...defined({ result }),
  });
  const job: ExportJob = {
    id: 'e1',
    ownerId: 'o',
    status: 'ready',
    requestedAt: TIME,
    expiresAt: TIME,
    fileName: 'f',
    rows: 1,
    attempts: 1,
    signedUrl: URL,
    signedUrlExpiresAt: TIME,
    ...stored,
  };
  const types = audited ?? ['export.requested', ...downloads.map(() => 'export.downloaded' as const)];
  const exportAudit = types.map((type, index) => ({
    id: `a${index}`,
    exportId: 'e1',
    type,
    timestamp: TIME,
  }));
  return {
    ...base,
    history: [
      ...base.history,
      ...(isRequested ? [request('export', 'e1', { status: 202 })] : []),
      ...downloads.map((url) =>
        request('download', 'e1', url === undefined ? { status: 200 } : { status: 200, url }),
      ),
    ],
    journals: base.journals.map((one, index) => ({
      ...one,
      entries: [...one.entries, ...journal(1, turns[index] ?? [])],
    })),
    audits: base.audits.map((audit) => ({ ...audit, exports: stored === null ? [] : [job], exportAudit })),
  };
}

function claimsIn(evidence: Evidence): RuleResult {
  return judge(evidence).rules.find(({ rule }) => rule === 'claims') as RuleResult;
}

function summaries(world: World): string[] {
  return claimsIn(evidenceOf(world)).findings.map(({ summary }) => summary);
}

const claim = (at: readonly [number, number?], attempts: number): Told => ({ call: 'claim', at, attempts });
const complete = (at: readonly [number, number?], outcome: WorkOutcome = 'done', url = URL): Told => ({
  call: 'complete',
  at,
  outcome,
  url,
});

describe('the rule claims', () => {
  it('holds for a job that one worker ended', () => {
    const world: World = { turns: [[claim([0, 1], 1), complete([5, 6])]], downloads: [URL] };
    const result = claimsIn(evidenceOf(world));
    expect(result).toMatchObject({ verdict: 'ok', checked: 1, findings: [] });
  });

  it('says nothing where no worker asked', () => {
    expect(claimsIn(simulate()).verdict).toBe('not-applicable');
  });

  it('lets a job be taken over when the lease has run out, and then refuses the first worker', () => {
    const first = [claim([0, 1], 1), complete([1500, 1510], 'refused', 'https://files.invalid/e1/b')];
    const second = [claim([1005, 1020], 2), complete([1030, 1040])];
    expect(summaries({ turns: [first, second], stored: { attempts: 2 } })).toEqual([]);
  });

  it('lets a job be given to another worker once the authority has moved, in the next attempt, and in no other time', () => {
    const first = [claim([0, 1], 1), complete([300, 310], 'refused', 'https://files.invalid/e1/b')];
    const second = [claim([200, 210], 2), complete([220, 230])];
    const evidence = evidenceOf({ turns: [first, second], stored: { attempts: 2 } });
    const moved = (at: number): Evidence => ({
      ...evidence,
      header: { ...evidence.header, handOvers: [{ from: at * 1e6, to: (at + 30) * 1e6 }] },
    });
    expect(claimsIn(moved(100)).findings).toEqual([]);
    // Asked for before it, given after it.
    expect(claimsIn(moved(205)).findings).toEqual([]);
    expect(claimsIn(moved(190)).findings).toEqual([]);
    expect(claimsIn(moved(400)).verdict).toBe('violated');
    expect(claimsIn(evidence).verdict).toBe('violated');
    const anew = evidenceOf({ turns: [first, [claim([200, 210], 1), complete([220, 230])]] });
    const handOvers = [{ from: 100e6, to: 130e6 }];
    expect(claimsIn({ ...anew, header: { ...anew.header, handOvers } }).verdict).toBe('violated');
  });

  it('counts attempts, whatever answer came first', () => {
    const first = [claim([0, 542], 1), complete([560, 570], 'refused', 'https://files.invalid/e1/b')];
    const second = [claim([197, 198], 2), complete([199, 200])];
    const evidence = evidenceOf({ turns: [first, second], stored: { attempts: 2 } });
    const short = evidence.journals.map((one) => ({
      ...one,
      entries: one.entries.map((entry) =>
        entry.type === 'workCall' && entry.call === 'claim' ? { ...entry, leaseMs: 50 } : entry,
      ),
    }));
    const handOvers = [{ from: 600e6, to: 630e6 }];
    expect(
      claimsIn({ ...evidence, journals: short, header: { ...evidence.header, handOvers } }).findings,
    ).toEqual([]);
  });

  it.each<[string, World, RegExp]>([
    [
      'two workers in one attempt',
      {
        turns: [
          [claim([0, 2], 1), complete([5, 6])],
          [claim([1, 3], 1), complete([7, 8], 'refused')],
        ],
      },
      /given to a worker of service 1 \(attempt 1\) and to a worker of service 2 \(attempt 1\) in the same attempt/,
    ],
    [
      'a takeover while the lease runs',
      { turns: [[claim([0, 1], 1)], [claim([500, 510], 2), complete([520, 530])]], stored: { attempts: 2 } },
      /given to a worker of service 2 \(attempt 2\) while the lease of a worker of service 1 \(attempt 1\) still had 490 ms left/,
    ],
    [
      'a takeover in spite of a renewal',
      {
        turns: [
          [claim([0, 1], 1), { call: 'heartbeat', at: [900, 910] }],
          [claim([1200, 1210], 2), complete([1220, 1230])],
        ],
        stored: { attempts: 2 },
      },
      /while the lease of a worker of service 1 \(attempt 1\) still had 690 ms left/,
    ],
    [
      'a late finish that was let through',
      {
        turns: [
          [claim([0, 1], 1), complete([1500, 1510])],
          [claim([1100, 1110], 2), complete([1600, 1610], 'refused')],
        ],
        stored: { attempts: 2 },
      },
      /after the lease of a worker of service 1 \(attempt 1\) had expired, but that worker could still complete it/,
    ],
    [
      'a worker that is sent away while it has the job',
      { turns: [[claim([0, 1], 1), complete([5, 6], 'refused')]], stored: { status: 'failed' } },
      /was refused to a worker of service 1 \(attempt 1\), although its lease was still valid/,
    ],
    [
      'a worker that is sent away before another one asks',
      {
        turns: [
          [claim([0, 1], 1), complete([5, 6], 'refused')],
          [claim([1100, 1110], 2), complete([1120, 1130])],
        ],
        stored: { attempts: 2 },
      },
      /was refused to a worker of service 1 \(attempt 1\), although its lease was still valid/,
    ],
    [
      'a renewal after a takeover',
      {
        turns: [
          [claim([0, 1], 1), { call: 'heartbeat', at: [1150, 1160] }],
          [claim([1100, 1110], 2), complete([1170, 1180])],
        ],
        stored: { attempts: 2 },
      },
      /after the lease of a worker of service 1 \(attempt 1\) had expired, but that worker could still renew it/,
    ],
    [
      'a job that is given out after its end',
      {
        turns: [
          [claim([0, 1], 1), complete([5, 6])],
          [claim([1100, 1110], 2), complete([1120, 1130])],
        ],
        stored: { attempts: 2 },
      },
      /although it had ended: a worker of service 1 \(attempt 1\) could complete it before that/,
    ],
    [
      'an audit record of another kind',
      {
        turns: [[claim([0, 1], 1), complete([5, 6])]],
        audited: ['export.requested', 'export.expired'],
      },
      /has an audit record of type "export.expired" that nobody wrote/,
    ],
    [
      'a file of somebody else',
      {
        turns: [[claim([0, 1], 1), complete([5, 6])]],
        stored: { signedUrl: 'https://files.invalid/e1/b' },
      },
      /must be ready with https:\/\/files.invalid\/e1\/a, but is ready with https:\/\/files.invalid\/e1\/b/,
    ],
    [
      'a job that is lost',
      { turns: [[claim([0, 1], 1), complete([5, 6])]], stored: null },
      /was requested but is not in storage/,
    ],
    [
      'a job that nobody requested',
      { turns: [[claim([0, 1], 1), complete([5, 6])]], isRequested: false },
      /is in storage, but nobody requested it/,
    ],
    [
      'a job that is left behind',
      { turns: [[{ call: 'claim', at: [0, 1] }]], stored: { status: 'pending', attempts: 0 } },
      /was left behind/,
    ],
    [
      'an attempt that nobody made',
      { turns: [[claim([0, 1], 1), complete([5, 6])]], stored: { attempts: 3 } },
      /counts 3 attempts, but was given to workers 1 time/,
    ],
    [
      'a request without its audit record',
      { turns: [[claim([0, 1], 1), complete([5, 6])]], audited: [] },
      /has 0 audit records of its request instead of one/,
    ],
    [
      'a download without its audit record',
      { turns: [[claim([0, 1], 1), complete([5, 6])]], downloads: [URL], audited: ['export.requested'] },
      /was handed out 1 time, but has 0 audit records of downloads/,
    ],
    [
      'a file that nobody made',
      { turns: [[claim([0, 1], 1), complete([5, 6])]], downloads: ['https://files.invalid/e1/c'] },
      /a file that no worker had delivered/,
    ],
  ])('finds %s', (_name, world, expected) => {
    expect(summaries(world).filter((summary) => expected.test(summary))).toHaveLength(1);
  });

  it('lets a finish of unknown outcome have happened or not', () => {
    const turns = [[claim([0, 1], 1), complete([5])]];
    expect(summaries({ turns })).toEqual([]);
    const again = [turns[0] ?? [], [claim([1100, 1110], 2), complete([1120, 1130], 'done', `${URL}2`)]];
    expect(summaries({ turns: again, stored: { attempts: 2, signedUrl: `${URL}2` } })).toEqual([]);
  });

  it('counts a claim whose answer was lost as an attempt that may have been', () => {
    const lost: Told = { call: 'claim', at: [0, 1], outcome: 'unknown' };
    const turns = [[lost], [claim([1100, 1110], 2), complete([1120, 1130])]];
    expect(summaries({ turns, stored: { attempts: 2 } })).toEqual([]);
  });
});

describe('the power of claims', () => {
  it('counts workers that asked at once on two services, and those that were late', () => {
    const counted = (...turns: World['turns']) => countClaims(turnsIn(evidenceOf({ turns }).journals));
    expect(counted([claim([0, 10], 1)], [claim([5, 12], 1)])).toEqual({ claimRaces: 1, lateFinishes: 0 });
    expect(counted([claim([0, 10], 1)], [claim([10, 12], 1)])).toEqual({ claimRaces: 0, lateFinishes: 0 });
    const late = [claim([0, 1], 1), complete([1500, 1510], 'refused')];
    const taker = (until: number): Told[] => [claim([1100, 1110], 2), complete([until, until + 1])];
    expect(counted(late, taker(1600)).lateFinishes).toBe(1);
    expect(counted(late, taker(1200)).lateFinishes).toBe(0);
  });
});
