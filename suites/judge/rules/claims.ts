/**
 * Rule 9: only one worker at a time has an export job, the job is finished once, and by the worker that has it; storage
 * and clients see that worker's result.
 */
import type { ExportAuditType, ExportJob } from '../../../adapters/contract/index.ts';
import type { HandOverTime } from '../../../scenarios/evidence.ts';
import type { HistoryEntry } from '../../../scenarios/evidence/model/history.ts';
import type { Finding } from '../../result.ts';
import type { CaseFile } from '../facts/caseFile.ts';
import { plural } from '../../counts.ts';
import { distinct, drawLanes, type Bar, type Findings } from '../findings.ts';
import { groupBy } from '../groupBy.ts';
import { defineRule, type Rule } from './rule.ts';
import { hasJob, type JobTurn, type TimedCall, type Turn } from '../facts/turns.ts';

/** Leases are measured by the storage's clock in milliseconds, and calls by the machine's clock. */
const MARGIN_NS = 10e6;

/** The audit records that a load writes. */
const WRITTEN: ReadonlySet<string> = new Set<ExportAuditType>(['export.requested', 'export.downloaded']);

/** Everything about one export job. */
interface JobFile {
  readonly id: string;
  /** In the order of their attempts. */
  readonly turns: readonly JobTurn[];
  readonly requests: readonly HistoryEntry[];
  readonly downloads: readonly HistoryEntry[];
  readonly isSeeded: boolean;
  readonly stored: ExportJob | undefined;
  /** When the authority moved from one storage to another. */
  readonly moves: readonly HandOverTime[];
}

export const claims: Rule = defineRule({
  name: 'claims',
  counts: ['turns', 'jobs', 'asked'],
  look(file, findings) {
    const jobs = jobsIn(file);
    for (const job of jobs) {
      judgeTurns(findings, job);
      if (file.gaps.any === undefined) judgeStored(findings, job, file);
      judgeDownloads(findings, job, file);
    }
    return { turns: file.turns.filter(hasJob).length, jobs: jobs.length, asked: file.turns.length };
  },
  conclude: ({ turns, jobs, asked }, { header, gaps }) => ({
    checked: turns,
    detail: `${plural(turns, 'claim')} of ${plural(jobs, 'export job')} by the workers of ${plural(header.services, 'service')}`,
    notApplicable: asked === 0 ? 'no worker asked for an export job' : undefined,
    inconclusive: gaps.any ?? (turns === 0 ? 'no worker got an export job' : undefined),
  }),
});

function jobsIn(file: CaseFile): JobFile[] {
  const { header, turns, exportRequests, storage } = file;
  const { handOvers: moves = [] } = header;
  const seeded = new Set(header.seededExports);
  const byJob = groupBy(turns.filter(hasJob), (turn) => turn.job);
  const byKey = groupBy(exportRequests, ({ key, f }) => `${f} ${key}`);
  const requested = exportRequests.filter(({ f }) => f === 'export').map(({ key }) => key);
  const ids = new Set([
    ...seeded,
    ...requested,
    ...byJob.keys(),
    ...storage.exports.keys(),
    ...storage.exportAudit.keys(),
  ]);
  return [...ids].map((id) => ({
    id,
    turns: (byJob.get(id) ?? []).sort((a, b) => a.attempts - b.attempts || a.claim.call - b.claim.call),
    moves,
    requests: byKey.get(`export ${id}`) ?? [],
    downloads: byKey.get(`download ${id}`) ?? [],
    isSeeded: seeded.has(id),
    stored: storage.exports.get(id),
  }));
}

function judgeTurns(findings: Findings, job: JobFile): void {
  for (const [index, turn] of job.turns.entries()) {
    const next = job.turns[index + 1];
    const problem = next === undefined ? undefined : problemOfPair(turn, next, job.moves);
    if (next !== undefined && problem !== undefined) findings.add(() => describe(job, problem, [turn, next]));
    judgeRefused(findings, job, turn, next);
  }
}

/** Why `next` should not have been given the job after `turn`. Undefined: there is no problem. */
function problemOfPair(turn: JobTurn, next: JobTurn, moves: readonly HandOverTime[]): string | undefined {
  const { finish } = turn;
  const { call: asked, return: given } = next.claim;
  const remaining = leaseEndOf(turn, moves, given) - given;
  if (next.attempts === turn.attempts)
    return `was given to ${nameOf(turn)} and to ${nameOf(next)} in the same attempt`;
  if (finish?.outcome === 'done' && finish.return < asked)
    return `was given to ${nameOf(next)}, although it had ended: ${nameOf(turn)} could ${finish.how} it before that`;
  if (remaining > MARGIN_NS)
    return `was given to ${nameOf(next)} while the lease of ${nameOf(turn)} still had ${ms(remaining)} left`;
  const late = [...turn.heartbeats, ...(finish === undefined ? [] : [finish])].find(
    ({ outcome, call }) => outcome === 'done' && call > given,
  );
  if (late === undefined && finish?.outcome !== 'done') return undefined;
  const what = late === undefined || late === finish ? `${finish?.how} it` : 'renew it';
  return `was given to ${nameOf(next)} after the lease of ${nameOf(turn)} had expired, but that worker could still ${what}`;
}

/**
 * The earliest time at which the lease can have ended, as known at `until`: each successful renewal came before that. A
 * lease also ends when the authority moves to another storage.
 */
function leaseEndOf(
  { claim, heartbeats, lease }: JobTurn,
  moves: readonly HandOverTime[],
  until = Infinity,
): number {
  const renewed = heartbeats
    .filter(({ outcome, call }) => outcome === 'done' && call <= until)
    .map(({ call }) => call);
  const moved = moves.find(({ to }) => to > claim.call)?.from ?? Infinity;
  return Math.min(Math.max(claim.call, ...renewed) + lease, moved);
}

/** A refused worker whose lease was still running, although nobody else had been given the job. */
function judgeRefused(findings: Findings, job: JobFile, turn: JobTurn, next: JobTurn | undefined): void {
  const calls: readonly (TimedCall | undefined)[] = [...turn.heartbeats, turn.finish];
  const refused = calls.find((call) => call?.outcome === 'refused');
  if (refused === undefined || refused.return > leaseEndOf(turn, job.moves) - MARGIN_NS) return;
  // Another worker that asked by then may have been given the job too early. Then that is the problem.
  if (next !== undefined && next.claim.call <= refused.return) return;
  const problem = `was refused to ${nameOf(turn)}, although its lease was still valid and no other worker had got the job since`;
  findings.add(() => describe(job, problem, [turn]));
}

function judgeStored(findings: Findings, job: JobFile, { storage, turns }: CaseFile): void {
  const { stored, requests, isSeeded } = job;
  const fail = (problem: string): void => findings.add(() => describe(job, problem, job.turns));
  const records = storage.exportAudit.get(job.id) ?? [];
  const promised = isSeeded || requests.some(({ outcome }) => outcome === 'ok');
  if (stored === undefined) {
    if (promised) fail('was requested but is not in storage');
    else if (records.length > 0) fail('is not in storage, but has audit records');
    return;
  }
  if (!promised && requests.length === 0) return fail('is in storage, but nobody requested it');
  const audited = records.filter(({ type }) => type === 'export.requested').length;
  if (audited !== 1) fail(`has ${audited} audit records of its request instead of one`);
  const other = records.find(({ type }) => !WRITTEN.has(type));
  if (other !== undefined) fail(`has an audit record of type "${other.type}" that nobody wrote`);
  judgeEnd(findings, job, stored);
  // A claim whose answer was lost also counts as an attempt.
  const attempts = new Set(job.turns.map((turn) => turn.attempts)).size;
  const lost = turns.filter(({ claim }) => claim.outcome === 'unknown').length;
  if (stored.attempts < attempts || stored.attempts > attempts + lost)
    fail(
      `counts ${plural(stored.attempts, 'attempt')}, but was given to workers ${plural(attempts, 'time')}`,
    );
}

function judgeEnd(findings: Findings, job: JobFile, stored: ExportJob): void {
  const finishes = job.turns.flatMap(({ finish }) => finish ?? []);
  const done = finishes.filter(({ outcome }) => outcome === 'done');
  const possible = done.length > 0 ? done : finishes.filter(({ outcome }) => outcome === 'unknown');
  const isExplained = possible.some(({ how, url }) =>
    how === 'fail'
      ? stored.status === 'failed' && stored.signedUrl === undefined
      : stored.status === 'ready' && stored.signedUrl === url,
  );
  if (isExplained) return;
  const ends = possible.map(({ how, url }) => (how === 'fail' ? 'failed' : `ready with ${url}`));
  const holds = stored.signedUrl === undefined ? stored.status : `${stored.status} with ${stored.signedUrl}`;
  const problem =
    ends.length === 0
      ? `was left behind: workers asked until no job was left, but it is still ${holds}`
      : `must be ${ends.join(' or ')}, but is ${holds}`;
  findings.add(() => describe(job, problem, job.turns));
}

function judgeDownloads(findings: Findings, job: JobFile, { storage, gaps }: CaseFile): void {
  const handedOut = job.downloads.filter(({ result }) => result?.url !== undefined);
  for (const { result, return: end, service } of handedOut) {
    const made = job.turns.some(
      ({ finish }) =>
        finish?.url === result?.url &&
        finish?.outcome !== 'refused' &&
        (end ?? Infinity) >= (finish?.call ?? Infinity),
    );
    if (made) continue;
    const problem = `was handed out by service ${service} with ${result?.url}, a file that no worker had delivered`;
    findings.add(() => describe(job, problem, job.turns));
  }
  if (gaps.any !== undefined || job.stored === undefined) return;
  const audited = (storage.exportAudit.get(job.id) ?? []).filter(
    ({ type }) => type === 'export.downloaded',
  ).length;
  const perhaps = job.downloads.filter(({ outcome }) => outcome === 'unknown').length;
  if (audited >= handedOut.length && audited <= handedOut.length + perhaps) return;
  const problem = `was handed out ${plural(handedOut.length, 'time')}, but has ${plural(audited, 'audit record')} of downloads`;
  findings.add(() => describe(job, problem, job.turns));
}

/**
 * Counts pairs of workers that asked at once on two services, of which one got a job, and workers that finished a job
 * while another one had it. Unanswered calls do not count.
 */
export function countClaims(turns: readonly Turn[]): { claimRaces: number; lateFinishes: number } {
  const answered = turns.filter(({ claim }) => claim.outcome === 'done');
  const calls = answered.toSorted((a, b) => a.claim.call - b.claim.call);
  let claimRaces = 0;
  let open: Turn[] = [];
  for (const turn of calls) {
    open = open.filter(({ claim }) => claim.return > turn.claim.call);
    const rivals = open.filter((other) => other.service !== turn.service && (hasJob(turn) || hasJob(other)));
    claimRaces += rivals.length;
    open.push(turn);
  }
  return { claimRaces, lateFinishes: countLateFinishes(answered) };
}

function countLateFinishes(turns: readonly Turn[]): number {
  const byJob = groupBy(turns.filter(hasJob), (turn) => turn.job);
  return [...byJob.values()].reduce((sum, group) => {
    const late = group.filter(
      ({ attempts, finish }) =>
        finish !== undefined &&
        finish.outcome !== 'unknown' &&
        group.some(
          (next) => next.attempts > attempts && isWithin(finish.call, next.claim.return, next.finish?.call),
        ),
    );
    return sum + late.length;
  }, 0);
}

function isWithin(time: number, from: number, to = Infinity): boolean {
  return time >= from && time <= to;
}

function describe(job: JobFile, problem: string, turns: readonly JobTurn[]): Finding {
  return {
    summary: `Export job "${job.id}" ${problem}.`,
    services: distinct(turns.map(({ service }) => service)),
    lanes: drawLanes(turns.flatMap(barsOf)),
  };
}

function barsOf({ service, claim, attempts, heartbeats, finish, lease }: JobTurn, index: number): Bar[] {
  const lane = `service ${service}, turn ${index + 1}`;
  const call = (label: string, { call, return: to, outcome }: TimedCall, marked: boolean): Bar => ({
    lane,
    label: outcome === 'done' ? label : `${label} ✗ ${outcome === 'refused' ? 'CONFLICT' : 'no answer'}`,
    from: call,
    to,
    kind: outcome === 'done' ? 'call' : 'error',
    marked,
  });
  return [
    call(`claim for ${lease / 1e6} ms → attempt ${attempts}`, claim, true),
    ...heartbeats.map((heartbeat) => call('heartbeat', heartbeat, false)),
    ...(finish === undefined ? [] : [call(finish.how, finish, true)]),
  ];
}

function nameOf({ service, attempts }: JobTurn): string {
  return `a worker of service ${service} (attempt ${attempts})`;
}

function ms(ns: number): string {
  return `${Math.round(ns / 1e6)} ms`;
}
