/** Judges the trials of MIG-07. */
import {
  isSameAuthority,
  type AuthorityState,
  type StorageErrorCode,
} from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import { codeOf, finaleValue, valueOf } from '../../harness/judging/observe.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import type { Failure, Scope, TrialRun } from '../../harness/engine/property.ts';
import { firstDifference } from '../../harness/judging/same.ts';
import {
  acceptedBy,
  givesTime,
  isFirst,
  placed,
  racedBy,
  rivalState,
  statesOf,
  type Placed,
  type Race,
  type Scene,
} from './handOver.ts';

type Code = StorageErrorCode | 'none';

const OPERATOR = 0;
const RIVAL = 1;
/** Errors that a call may end in while the state is set. Nothing of the call has happened then. */
const LEFT_OUT: readonly Code[] = ['FENCED', 'UNAVAILABLE', 'LOCK_TIMEOUT', 'LOCK_LOST'];
/** The same for one that may be ended: the answer to its commit is lost then. */
const ENDED: readonly Code[] = [...LEFT_OUT, 'OUTCOME_UNKNOWN'];

/** The program of a section takes milliseconds. A storage may end one that is idle for longer than this, in nanoseconds. */
const MAX_SECTION_NS = 5_000_000_000;

/** The outcome of a call, or of a section with a call. */
export interface Outcome {
  /** Undefined: the call succeeded. */
  readonly code: Code | undefined;
  readonly from: number;
  readonly to: number;
  /** When the callback of the section ended, or when the call was made. */
  readonly lastAct: number;
  readonly record: StepRecord;
}

/** The state that was set, by whom, and when. */
interface Set {
  readonly next: AuthorityState;
  readonly record: StepRecord;
}

export function outcomeOf(run: TrialRun<unknown>, { actor, at }: Placed): Outcome | undefined {
  const entered = at.enter === undefined ? undefined : recordOf(run, actor, at.enter);
  const ended = at.leave === undefined ? recordOf(run, actor, at.call) : recordOf(run, actor, at.leave);
  const failed = entered?.outcome.status === 'error' ? entered : ended;
  if (failed === undefined || failed.outcome.status === 'skipped') return undefined;
  const from = (entered ?? failed).call;
  return { code: codeOf(failed), from, to: failed.return, lastAct: failed.call, record: failed };
}

function recordOf(run: TrialRun<unknown>, actor: number, step: number): StepRecord | undefined {
  return run.main.records.findLast((record) => record.actor === actor && record.step === step);
}

export function judgeScene(run: TrialRun<Scene>): Failure | undefined {
  const found = whoSet(run);
  if ('failure' in found) return found.failure;
  const visits = placed(run.input, run.scope);
  for (const [index, visit] of visits.entries()) {
    const failure =
      refusedRead(run, visit) ??
      misjudged(run, visit, found.set) ??
      otherwiseThanSaid(run, visit, { set: found.set, at: readsBefore(visits, index) });
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** How many of the operator's reads come before the visit's. */
function readsBefore(visits: readonly Placed[], index: number): number {
  return visits.slice(0, index).filter(({ made }) => made.read !== undefined).length;
}

function whoSet(run: TrialRun<Scene>): { readonly set: Set } | { readonly failure: Failure } {
  const states = statesOf(run.input, run.scope);
  const [, to] = states;
  const other = rivalState(states);
  const all = run.main.records.filter(
    ({ actor, step, outcome }) =>
      outcome.status !== 'skipped' &&
      ((actor === OPERATOR && step === 0) ||
        (actor === RIVAL && run.trial.actors[RIVAL]?.steps[step]?.do === 'call')),
  );
  const tries = all.map((record): Set => ({ record, next: record.actor === OPERATOR ? to : other }));
  const done = tries.filter(({ record }) => record.outcome.status === 'ok');
  const [set] = done;
  const lost = tries.filter(({ record }) => record.outcome.status !== 'ok');
  if (set === undefined || done.length > 1)
    return {
      failure: {
        summary: `Of ${tries.length} who set the authority of a storage, each expecting the same state, ${done.length} succeeded.`,
        expected: 'exactly one of them succeeds',
        actual: tries.map(({ record }) => codeOf(record) ?? 'it was set').join(', '),
        marked: all,
      },
    };
  for (const { record } of lost) {
    const told = record.outcome.status === 'error' ? record.outcome.error.details?.['state'] : undefined;
    if (codeOf(record) === 'CONFLICT' && isState(told) && isSameAuthority(told, set.next)) continue;
    return {
      failure: {
        summary:
          'Whoever set the authority of a storage that had another state than expected was not told so.',
        expected: `CONFLICT, with the state that is stored: ${JSON.stringify(set.next)}`,
        actual: `${codeOf(record)}, with ${JSON.stringify(told)}`,
        marked: [record],
      },
    };
  }
  const stored = finaleValue(run, 0);
  if (isState(stored) && isSameAuthority(stored, set.next)) return { set };
  return {
    failure: {
      summary: 'The authority of a storage is not what was set.',
      expected: JSON.stringify(set.next),
      actual: JSON.stringify(stored),
      marked: [set.record],
    },
  };
}

function isState(value: unknown): value is AuthorityState {
  return typeof value === 'object' && value !== null && 'epoch' in value;
}

function nameOf({ as, write, inSection }: Placed): string {
  const who = as === undefined ? 'of no epoch' : `that is ${as.role} in epoch ${as.epoch}`;
  return `${inSection ? 'A section with' : 'A call of'} ${write} of a writer ${who}`;
}

function refusedRead(run: TrialRun<Scene>, { actor, made, as }: Placed): Failure | undefined {
  const reads = run.main.records.filter(
    (record) =>
      record.actor === actor &&
      record.outcome.status === 'error' &&
      made.read?.method === methodOf(run, record),
  );
  const [record] = reads;
  if (record === undefined) return undefined;
  return {
    summary: `A read of a writer ${as === undefined ? 'of no epoch' : `that is ${as.role} in epoch ${as.epoch}`} was refused.`,
    expected: 'whoever may not write may read',
    actual: String(codeOf(record)),
    marked: [record],
  };
}

function methodOf({ trial }: TrialRun<unknown>, { actor, step }: StepRecord): string | undefined {
  const taken = trial.actors[actor]?.steps[step];
  return taken?.do === 'call' ? taken.method : undefined;
}

function misjudged(run: TrialRun<Scene>, visit: Placed, { next, record: set }: Set): Failure | undefined {
  const outcome = outcomeOf(run, visit);
  if (outcome === undefined) return undefined;
  const [from] = statesOf(run.input, run.scope);
  const { before, after } = acceptedBy([from, next], visit.as);
  const fail = (when: string, expected: string): Failure => ({
    summary: `${nameOf(visit)} ${when} ${outcome.code === undefined ? 'succeeded' : `ended with ${outcome.code}`}.`,
    expected,
    actual: outcome.code ?? 'it succeeded',
    marked: [set, outcome.record],
    ...(outcome.code !== undefined && outcome.to - outcome.from > MAX_SECTION_NS ? { byTime: true } : {}),
  });
  if (outcome.to < set.call || outcome.from > set.return) {
    const isEarly = outcome.to < set.call;
    const state = JSON.stringify(isEarly ? from : next);
    const accepted = isEarly ? before : after;
    if (outcome.code === (accepted ? undefined : 'FENCED')) return undefined;
    return fail(`while the storage had ${state}`, accepted ? 'the storage accepts it' : 'FENCED');
  }
  const isEndable = !after || mayBeEnded(run, visit);
  const free = isEndable ? ENDED : LEFT_OUT;
  if (outcome.code !== undefined && !free.includes(outcome.code))
    return fail('over which the authority was set', `success, or one of ${free.join(', ')}`);
  if (outcome.code === undefined && !before && !after)
    return fail('over which the authority was set', 'neither state accepts it: FENCED');
  if (outcome.code === undefined && !after && visit.inSection && outcome.lastAct > set.return)
    return fail(
      'that ended after the authority had been set',
      'nothing that is refused commits from then on',
    );
  // A storage need not know sections of writers without an epoch before they write.
  const isKnown = visit.inSection && (visit.as !== undefined || visit.time === 'wrote before');
  const isWaitedFor =
    givesTime(run.input) && !run.input.rival && before && isKnown && outcome.from < set.call;
  if (outcome.code !== undefined && ((before && !isEndable) || isWaitedFor))
    return fail(
      'that had its lock before the authority was set',
      after
        ? 'both states accept it, so it goes on'
        : 'sections under way are waited for as long as was asked for',
    );
  return undefined;
}

/**
 * Whether a section may be ended that both states accept. Whoever sets another state may end those whom it refuses, before it
 * is told that it came too late. In epoch 0 a storage may have to wait for all writers, and not know one from another.
 */
function mayBeEnded({ input, scope }: TrialRun<Scene>, { as }: Placed): boolean {
  const states = statesOf(input, scope);
  const isRefusedByRival = input.rival && !acceptedBy([states[0], rivalState(states)], as).after;
  return isRefusedByRival || (isFirst(input.move) && !givesTime(input));
}

/** Records must be as the answers said, and refused writes must not show once the state has been set. */
function otherwiseThanSaid(
  run: TrialRun<Scene>,
  visit: Placed,
  { set, at }: { readonly set: Set; readonly at: number },
): Failure | undefined {
  const outcome = outcomeOf(run, visit);
  const { made, actor } = visit;
  const first = visit.at.first === undefined ? undefined : recordOf(run, actor, visit.at.first);
  const last = run.finale.find(({ step }) => step === at + 1);
  if (outcome === undefined || first === undefined || last === undefined) return undefined;
  const isChanged = (record: StepRecord): boolean => {
    const shown = made.shown ?? ((value: unknown) => value);
    return firstDifference(shown(valueOf(first)), shown(valueOf(record))) !== undefined;
  };
  const changed = isChanged(last);
  if (changed !== (outcome.code === undefined) && outcome.code !== 'OUTCOME_UNKNOWN')
    return {
      summary: `${nameOf(visit)} ${outcome.code === undefined ? 'succeeded' : `ended with ${outcome.code}`}, and ${changed ? 'it is stored' : 'nothing of it is stored'}.`,
      expected: 'it happens if and only if it is answered so',
      actual: JSON.stringify(valueOf(last)) ?? 'nothing is there',
      marked: [outcome.record, last],
    };
  const probe = recordOf(run, OPERATOR, at + 1);
  const [from] = statesOf(run.input, run.scope);
  if (probe === undefined || probe.call < set.record.return || acceptedBy([from, set.next], visit.as).after)
    return undefined;
  if (isChanged(probe) === changed) return undefined;
  return {
    summary: `${nameOf(visit)} became visible after the authority had been set.`,
    expected: 'nothing that is refused shows from then on',
    actual: 'it was read afterwards, and not before',
    marked: [set.record, probe, last],
  };
}

export function judgeRace(run: TrialRun<Race>): Failure | undefined {
  const [from, next] = statesOf(run.input, run.scope);
  const set = recordOf(run, OPERATOR, 1);
  const probe = recordOf(run, OPERATOR, 2);
  if (set === undefined || probe === undefined) return undefined;
  if (set.outcome.status !== 'ok')
    return {
      summary: `The authority was not set, although nobody else set it: ${codeOf(set)}.`,
      expected: 'it is set when those who write have ended',
      actual: String(codeOf(set)),
      marked: [set],
    };
  const seen = idsIn(valueOf(probe), run.scope);
  const stored = idsIn(finaleValue(run, 1), run.scope);
  for (const { id, actor, step, as } of racedBy(run.input, run.scope)) {
    const record = recordOf(run, actor, step);
    const name = run.scope.name(id);
    const isThere = stored.has(name);
    const { after } = acceptedBy([from, next], as);
    if (isThere && !after && !seen.has(name))
      return {
        summary: `A record of a writer who was refused from then on became visible after the authority had been set.`,
        expected: 'nothing that is refused shows when the state has been set',
        actual: `${name} was stored after it`,
        marked: [set, probe, ...(record === undefined ? [] : [record])],
      };
    const isSaid = record?.outcome.status === 'ok';
    if (record === undefined || isSaid === isThere || codeOf(record) === 'OUTCOME_UNKNOWN') continue;
    if (record.outcome.status === 'skipped' && !isThere) continue;
    return {
      summary: `A record was ${isThere ? 'stored' : 'not stored'}, but its writer was told ${codeOf(record) ?? 'that it was'}.`,
      expected: 'it happens if and only if it is answered so',
      actual: `${name} is ${isThere ? '' : 'not '}there`,
      marked: [record],
    };
  }
  return undefined;
}

function idsIn(page: unknown, scope: Scope): ReadonlySet<string> {
  return new Set(pageIn(page).items.map((item) => scope.name((item as { readonly id: unknown }).id)));
}

/** Whether one of these writers called before the state had been set, and was answered after the setting had begun. */
export function metIt(run: TrialRun<Race>, inSections: boolean): boolean {
  const set = recordOf(run, OPERATOR, 1);
  if (set === undefined) return false;
  return run.input.writers.some((writer, index) => {
    if (writer.inSections !== inSections) return false;
    const own = run.main.records.filter(({ actor }) => actor === index + 1);
    return own.some((record) => record.call < set.return) && own.some((record) => record.return > set.call);
  });
}
