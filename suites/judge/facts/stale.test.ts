import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../adapters/protocol/types.ts';
import type { Evidence } from '../../../scenarios/evidence.ts';
import { NO_POWER } from '../../../scenarios/evidence/model/power.ts';
import type { JournalEntry } from '../../../scenarios/evidence/model/journal.ts';
import type { HistoryEntry } from '../../../scenarios/evidence/model/history.ts';
import { seededStream } from '../../../scenarios/load/run/streams.ts';
import { judge } from '../index.ts';
import { simulate } from '../testing/synthetic.ts';

const STREAM = seededStream(0, 'lifecycle', 'active');
const { header } = simulate({ operations: 1, workload: 'lifecycle' });

/** A request that waits from `call` until it gets in, and is answered as it lets go. */
interface Draft {
  readonly f: Operation;
  readonly service: number;
  readonly call: number;
  readonly enter: number;
  readonly end: number;
  /** Whether it took effect, and the revision that it made or saw. */
  readonly effect: boolean;
  readonly revision: number;
}

function evidenceOf(requests: readonly Draft[], services = 2): Evidence {
  const history = requests.map(({ f, service, call, end, effect, revision }, client): HistoryEntry => ({
    client,
    key: STREAM.id,
    f,
    args: { token: `${f}:${client}`, fingerprint: `${f} ${client}` },
    call,
    return: end,
    outcome: 'ok',
    result: { status: 200, effect, revision, ...(effect ? { operationId: `operation-${client}` } : {}) },
    service,
  }));
  const journals = Array.from({ length: services }, (_, index) => ({
    service: index + 1,
    pid: index + 1,
    entries: requests.flatMap((request, section) =>
      request.service === index + 1 ? linesOf(request, section) : [],
    ),
  }));
  return { header: { ...header, services, seeded: [STREAM] }, history, journals, audits: [] };
}

function linesOf({ f, call, enter, end, effect, revision }: Draft, section: number): JournalEntry[] {
  const base = { section, attempt: 1 };
  const token = `${f}:${section}`;
  const operationId = `operation-${section}`;
  const stream = STREAM.id;
  return [
    { type: 'wait', at: call, section, stream, token },
    { type: 'enter', at: enter, ...base, stream },
    ...(effect
      ? [{ type: 'execute' as const, at: enter, ...base, stream, f, token, operationId, revision }]
      : []),
    { type: 'leave', at: end, ...base, wrote: effect },
    { type: 'settle', at: end, section, outcome: 'committed' },
  ];
}

const SETTLED: Draft = { f: 'settle', service: 1, call: 0, enter: 1, end: 100, effect: true, revision: 1 };
const WITHDRAWN: Draft = {
  f: 'withdraw',
  service: 1,
  call: 200,
  enter: 201,
  end: 300,
  effect: true,
  revision: 2,
};
const sees = (revision: number) => ({ service: 2, effect: false, revision }) as const;

describe('the power of a load', () => {
  it('counts nobody who asks for what his stream is already, however many do and whatever goes on beside them', () => {
    const noOps = Array.from({ length: 500 }, (_, index): Draft[] => {
      const at = 400 + index * 10;
      return [1, 2].map((service) => ({
        f: index % 2 === 0 ? 'settle' : 'withdraw',
        service,
        call: at,
        enter: at + service * 10,
        end: at + service * 10 + 9,
        effect: false,
        revision: 2,
      }));
    }).flat();
    expect(judge(evidenceOf([SETTLED, WITHDRAWN, ...noOps])).power).toEqual(NO_POWER);
  });

  it('does not suffice when its streams are used up', () => {
    const minimums = { ...NO_POWER, crossProcessAttempts: 20 };
    const load = { operations: 800, streams: 2, trouble: 0, minimums };
    expect(judge(simulate({ ...load, workload: 'balance' })).verdict).toBe('ok');
    const { verdict, reason } = judge(simulate({ ...load, workload: 'lifecycle' }));
    expect(verdict).toBe('inconclusive');
    expect(reason).toContain('too little could have been');
  });

  it('counts who would have had an effect, had he missed that of another one', () => {
    const late: Draft = { f: 'settle', call: 50, enter: 101, end: 110, ...sees(1) };
    expect(judge(evidenceOf([SETTLED, late])).power).toMatchObject({
      crossProcessAttempts: 1,
      contendedStreams: 1,
    });
  });

  it.each<[string, Draft]>([
    ['settles beside a withdrawal', { f: 'settle', call: 250, enter: 301, end: 310, ...sees(2) }],
    ['starts what was active beside a settle', { f: 'start', call: 50, enter: 101, end: 110, ...sees(1) }],
    ['began when the effect was committed', { f: 'settle', call: 150, enter: 152, end: 160, ...sees(1) }],
  ])('does not count who %s', (_, other) => {
    expect(judge(evidenceOf([SETTLED, WITHDRAWN, other])).power).toEqual(NO_POWER);
  });

  it('counts who met on the only service', () => {
    const late: Draft = { f: 'settle', call: 50, enter: 101, end: 110, ...sees(1), service: 1 };
    expect(judge(evidenceOf([SETTLED, late], 1)).power).toMatchObject({
      crossProcessAttempts: 0,
      inProcessAttempts: 1,
      contendedStreams: 1,
    });
  });
});
