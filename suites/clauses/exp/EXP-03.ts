import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import {
  EXPORT_TTL_MS,
  toMicros,
  type ExportJob,
  type ExportPatch,
  type NewExportJob,
  type Page,
} from '../../../adapters/contract/index.ts';
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { direct } from '../../harness/cases/generate.ts';
import { calls, codeOf, observed, show, valueOf, type Observed } from '../../harness/judging/observe.ts';
import { inFlight } from '../../harness/parts/inFlight.ts';
import { joined } from '../../harness/parts/joined.ts';
import { property, type AnyProperty, type Property, type TrialRun } from '../../harness/engine/property.ts';
import { hasMet } from '../../harness/judging/races.ts';
import { FUTURE, jobOf, READY_PATCH } from '../../harness/cases/records.ts';

interface Case {
  /** The fields that are left out of the patch to `ready`. */
  readonly missing: readonly (keyof typeof READY_PATCH)[];
  readonly readers: number;
  /** How many rows the export has. */
  readonly rows: number;
  /** How long the job is kept, as given when it was created. */
  readonly kept: Pick<NewExportJob, 'expiresAt' | 'ttlMs'>;
}

const FIELDS = ['signedUrl', 'signedUrlExpiresAt', 'rows'] as const;
/** The last number exceeds a signed 32-bit integer. */
const ROWS: readonly number[] = [READY_PATCH.rows, 0, 2 ** 31];
const KEPT: readonly (readonly [words: string, kept: Case['kept']])[] = [
  ['with the time when it expires', { expiresAt: FUTURE }],
  ['without a lifetime', {}],
  ['with a lifetime of 90 days', { ttlMs: 90 * 86_400_000 }],
];

/**
 * A worker makes a job ready while others read it. Whoever sees the job ready must see its URL, expiry and row count.
 */
const READY: Property<Case> = {
  clause: 'EXP-03',
  arbitrary: () =>
    fc.record({
      missing: fc.oneof(fc.constant([]), fc.subarray([...FIELDS], { minLength: 1 })),
      readers: fc.integer({ min: 1, max: 3 }),
      rows: fc.constantFrom(...ROWS),
      kept: fc.constantFrom(...KEPT.map(([, kept]) => kept)),
    }),
  racing: true,
  examples: () => [
    ...KEPT.map(([, kept], index) => ({ missing: [], readers: 2, rows: ROWS[index] ?? 0, kept })),
    ...FIELDS.map((field) => ({ missing: [field], readers: 1, rows: READY_PATCH.rows, kept: {} })),
  ],
  situations: () => [
    ...FIELDS.map((field) => ({
      name: `a transition to ready without ${field} alone`,
      occurred: (run: TrialRun<Case>) =>
        run.input.missing.length === 1 &&
        run.input.missing[0] === field &&
        calls(run, 'jobs.transition').length > 0,
    })),
    ...KEPT.map(([words, kept]) => ({
      name: `a job created ${words} that was seen ready`,
      occurred: (run: TrialRun<Case>) => isDeepStrictEqual(run.input.kept, kept) && seenReady(run),
    })),
    ...ROWS.map((rows) => ({
      name: `a job of ${rows} rows that was seen ready`,
      occurred: (run: TrialRun<Case>) => run.input.rows === rows && seenReady(run),
    })),
    { name: 'a job that was read while it was made ready', occurred: readMeanwhile },
  ],
  trial: ({ missing, readers, rows, kept }, scope) => {
    const job = scope.id('e1');
    const owner = scope.id('owner');
    const patch: ExportPatch = Object.fromEntries(
      Object.entries({ ...READY_PATCH, rows }).filter(
        ([name]) => !(missing as readonly string[]).includes(name),
      ),
    );
    // The ids of later trials sort first, so the scan shows the job of this trial.
    const read: Step[] = [
      direct('jobs.get', job),
      direct('jobs.list', { ownerId: owner, limit: 10 }),
      direct('jobs.scan', { limit: 1 }),
    ];
    return {
      setup: [
        direct('jobs.create', jobOf(job, owner, kept)),
        direct('jobs.transition', job, ['pending'], 'processing', {}),
      ],
      actors: [
        { instance: 0, steps: [direct('jobs.transition', job, ['processing'], 'ready', patch), ...read] },
        ...Array.from({ length: readers }, (_, index): Actor => ({
          instance: index + 1,
          steps: [...read, ...read],
        })),
      ],
    };
  },
  judge: (run) => {
    const bare = observed(run).find((one) => readyIn(one).some((job) => !isComplete(job, run.input)));
    if (bare !== undefined) {
      return {
        summary: 'A job was seen ready, but with missing or wrong fields.',
        expected: `signedUrl, signedUrlExpiresAt and the row count, as the transition set them, and expiresAt as the job was created: ${JSON.stringify({ ...READY_PATCH, rows: run.input.rows, ...keptText(run.input) })}`,
        actual: show(valueOf(bare.record), run.scope),
        marked: [bare.record],
      };
    }
    const [moved] = calls(run, 'jobs.transition');
    const wanted = run.input.missing.length === 0 ? undefined : 'INVALID_RECORD';
    if (moved === undefined || codeOf(moved.record) === wanted) return undefined;
    return {
      summary: `A transition to ready with ${run.input.missing.length === 0 ? 'every field' : `no ${run.input.missing.join(', ')}`} ended in ${codeOf(moved.record) ?? 'success'}.`,
      expected: wanted ?? 'success',
      actual: codeOf(moved.record) ?? 'success',
      marked: [moved.record],
    };
  },
};

export const EXP_03: AnyProperty = property(joined(READY, inFlight('jobs')));

/** The ready jobs that the step showed. */
function readyIn({ step, record }: Observed): ExportJob[] {
  if (step.do !== 'call') return [];
  const value = valueOf(record);
  const jobs =
    step.method === 'jobs.list' || step.method === 'jobs.scan'
      ? ((value as Page<ExportJob> | undefined)?.items ?? [])
      : [value as ExportJob | undefined];
  return jobs.filter((job) => job?.status === 'ready') as ExportJob[];
}

function isRead({ step }: Observed): boolean {
  return step.do === 'call' && step.method !== 'jobs.transition';
}

function seenReady(run: TrialRun<Case>): boolean {
  return observed(run).some((one) => isRead(one) && readyIn(one).length > 0);
}

function readMeanwhile(run: TrialRun<Case>): boolean {
  const moves = calls(run, 'jobs.transition').filter(({ record }) => record.outcome.status === 'ok');
  return observed(run).some((one) => isRead(one) && moves.some(({ record }) => hasMet(record, one.record)));
}

/** The expiry that the job must have. */
function keptText({ kept }: Case): object {
  return kept.ttlMs === undefined && kept.expiresAt === undefined ? { ttlMs: EXPORT_TTL_MS } : kept;
}

function isKept({ requestedAt, expiresAt }: ExportJob, { kept }: Case): boolean {
  if (kept.expiresAt !== undefined) return expiresAt === kept.expiresAt;
  const keptMs = Number(toMicros(expiresAt) - toMicros(requestedAt)) / 1000;
  // Times may be cut to milliseconds.
  return Math.abs(keptMs - (kept.ttlMs ?? EXPORT_TTL_MS)) <= 1;
}

function isComplete(job: ExportJob, input: Case): boolean {
  return (
    job.signedUrl === READY_PATCH.signedUrl &&
    job.signedUrlExpiresAt === READY_PATCH.signedUrlExpiresAt &&
    job.rows === input.rows &&
    isKept(job, input)
  );
}
