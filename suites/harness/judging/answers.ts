/** Finds answers that do not have the types of the seam. No adapter may return them, whatever the clause is about. */
import * as z from '../../../adapters/contract/zod.ts';
import { DIFFERENCES } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Method, Step } from '../../../scenarios/host/language/program.ts';
import { describeStep } from '../failing/lanes.ts';
import { observed } from './observe.ts';
import type { Failure, TrialRun } from '../engine/property.ts';

const text = z.string();
const count = z.number();

const stream = z.looseObject({
  id: text,
  recipient: text,
  rate: text,
  schedule: text,
  status: text,
  token: text,
  totalAmount: text,
  releasedAmount: text,
  withdrawnAmount: text,
  revision: count,
  createdAt: text,
  updatedAt: text,
});
const user = z.looseObject({ walletAddress: text, createdAt: text, updatedAt: text });
const event = z.looseObject({ id: text, type: text, timestamp: text, description: text });
const replay = z.looseObject({
  token: text,
  fingerprint: text,
  status: count,
  body: text,
  createdAt: text,
  expiresAt: text.optional(),
});
const job = z.looseObject({
  id: text,
  ownerId: text,
  status: text,
  requestedAt: text,
  expiresAt: text,
  signedUrl: text.optional(),
  signedUrlExpiresAt: text.optional(),
  fileName: text,
  rows: count,
  attempts: count,
  failureReason: text.optional(),
});
const authorityView = z.looseObject({ epoch: count, finished: z.boolean() });
const difference = z.looseObject({ kind: text, id: text, what: z.enum(DIFFERENCES) });
const audit = z.looseObject({ id: text, exportId: text, type: text, timestamp: text });

function page(item: z.ZodType): z.ZodType {
  return z.looseObject({ items: z.array(item), nextCursor: text.optional() });
}

/** What each method resolves to according to adapters/contract/adapter.ts, as far as fields have a single type. */
const ANSWERS: Readonly<Record<Method, z.ZodType>> = {
  'streams.create': stream,
  'streams.get': stream.optional(),
  'streams.put': stream,
  'streams.delete': z.boolean(),
  'streams.list': page(stream),
  'streams.scan': page(stream),
  'users.get': user.optional(),
  'users.put': user,
  'users.scan': page(user),
  'activity.append': event,
  'activity.list': page(event),
  'activity.scan': page(event),
  'idempotency.get': replay.optional(),
  'idempotency.insert': replay,
  'idempotency.putIfAbsent': z.union([
    z.looseObject({ stored: z.literal(true), record: replay }),
    z.looseObject({ stored: z.literal(false), existing: replay }),
  ]),
  'idempotency.delete': z.boolean(),
  'idempotency.deleteExpired': count,
  'idempotency.scan': page(replay),
  'idempotency.begin': z.discriminatedUnion('outcome', [
    z.looseObject({ outcome: z.literal('started'), claim: text }),
    z.looseObject({ outcome: z.literal('replay'), record: replay }),
    z.looseObject({ outcome: z.literal('inProgress') }),
    z.looseObject({ outcome: z.literal('conflict') }),
  ]),
  'idempotency.finish': replay,
  'idempotency.abandon': z.undefined(),
  'jobs.create': job,
  'jobs.get': job.optional(),
  'jobs.delete': z.boolean(),
  'jobs.list': page(job),
  'jobs.scan': page(job),
  'jobs.transition': job,
  'jobs.claimNext': z.looseObject({ job, claim: text }).optional(),
  'jobs.heartbeat': z.undefined(),
  'jobs.complete': job,
  'jobs.fail': job,
  'audit.append': audit,
  'audit.list': page(audit),
  'audit.scan': page(audit),
  'authority.get': z.looseObject({ epoch: count, decides: z.boolean(), admitsUnmarked: z.boolean() }),
  'authority.set': z.looseObject({ ended: count }),
  'authority.remove': z.boolean(),
  'migration.moveTo': z.undefined(),
  'migration.instruct': z.looseObject({ version: count, stage: text, shadow: z.boolean() }),
  'migration.backfill': z.looseObject({ examined: count, copied: count, done: z.boolean() }),
  'migration.repair': z.looseObject({ repaired: count, owed: count }),
  'migration.begin': authorityView,
  'migration.handOver': z.looseObject({
    epoch: count,
    gapMs: z.number(),
    ended: count,
    copied: count,
    requeued: count,
  }),
  'migration.compare': z.looseObject({ differences: z.array(difference), compared: count, owed: count }),
};

/** The first answer of the trial that does not have its method's type. */
export function garbageIn(run: TrialRun<unknown>): Failure | undefined {
  const plain = (records: readonly StepRecord[], steps: readonly Step[] = []) =>
    records.flatMap((record) => {
      const step = steps[record.step];
      return step === undefined ? [] : [{ step, record }];
    });
  const all = [
    ...plain(run.setup, run.trial.setup),
    ...observed(run),
    ...plain(run.finale, run.trial.finale),
  ];
  for (const { step, record } of all) {
    const problem = problemOf(step, record);
    if (problem === undefined) continue;
    return {
      summary: `"${describeStep(step, run.scope)}" answered with a value that does not have the type of the seam.`,
      expected: 'the type with which the method resolves, according to the seam',
      actual: problem,
      marked: [record],
    };
  }
  return undefined;
}

/** Undefined: the answer has the method's type, or there is no answer. */
function problemOf(step: Step, { outcome }: StepRecord): string | undefined {
  if (step.do !== 'call' || outcome.status !== 'ok') return undefined;
  const checked = ANSWERS[step.method].safeParse(outcome.value);
  if (checked.success) return undefined;
  const issue = checked.error.issues[0];
  const place = issue?.path.join('.') ?? '';
  return `${place === '' ? '' : `${place}: `}${issue?.message ?? 'invalid'}`;
}
