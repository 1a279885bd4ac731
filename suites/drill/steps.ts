/** The result of each step of a drill, counted from the history of the clients. */
import type { Evidence, Strike } from '../../scenarios/evidence.ts';
import type { HistoryEntry } from '../../scenarios/evidence/model/history.ts';
import type { DrillLine, StepLine, TroubleLine } from '../../scenarios/drill/stepFile.ts';
import { readEvent } from '../judge/facts/activity.ts';
import { isEffectAnswer, type OkAnswer } from '../judge/facts/answers.ts';
import type { StepFault, StepResult } from './result.ts';
import { plural } from '../counts.ts';

export interface DrillLines {
  readonly drill: DrillLine;
  readonly steps: readonly StepLine[];
  readonly troubles: readonly TroubleLine[];
}

/** Pure. An answer that came between two steps counts for the first of them. */
export function stepResults(evidence: Evidence, { drill, steps, troubles }: DrillLines): StepResult[] {
  const claims = evidence.history.filter(isEffectAnswer).toSorted((a, b) => a.return - b.return);
  const stored = storedOperations(evidence);
  const counts = steps.map(() => ({
    settles: 0,
    withdraws: 0,
    replays: 0,
    mismatches: 0,
    doubles: 0,
    losses: 0,
  }));
  const firstOf = new Map<string, OkAnswer>();
  const taken = new Map<string, string>();
  for (const claim of claims) {
    const count = counts[stepAt(steps, claim.return)];
    if (count === undefined) continue;
    const { token } = claim.args;
    const first = token === undefined ? undefined : firstOf.get(token);
    if (token !== undefined && first === undefined) firstOf.set(token, claim);
    if (first !== undefined && !isSameAnswer(first, claim)) count.mismatches += 1;
    if (claim.result.replayed === true) count.replays += 1;
    else if (claim.f === 'withdraw') count.withdraws += 1;
    else if (claim.f === 'settle') count.settles += 1;
    if (isDoubled(claim, first, taken)) count.doubles += 1;
    const { operationId } = claim.result;
    if (first === undefined && operationId !== undefined && stored?.has(operationId) === false)
      count.losses += 1;
  }
  return steps.map((step, index) => {
    const faults = [
      ...troubles.filter(({ step: number }) => number === step.number).map(faultOfTrouble),
      ...(evidence.strikes ?? []).filter(({ number }) => number === step.number).map(faultOfStrike),
    ];
    return resultOf(step, counts[index] as Counts, faults, drill);
  });
}

interface Counts extends Pick<
  StepResult,
  'settles' | 'withdraws' | 'replays' | 'mismatches' | 'doubles' | 'losses'
> {}

function resultOf(
  step: StepLine,
  counts: Counts,
  faults: readonly StepFault[],
  { leastEffects }: DrillLine,
): StepResult {
  const { number, name, way, figures } = step;
  const about = {
    number,
    name,
    way,
    takenMs: (step.taken - step.from) / 1e6,
    durationMs: (step.to - step.from) / 1e6,
    ...counts,
    faults,
    figures: numbersIn(figures),
  };
  const broken = brokenIn(step, counts);
  if (broken !== undefined) return { ...about, verdict: 'violated', reason: broken };
  const open = openIn(step, counts, faults, leastEffects);
  return open === undefined
    ? { ...about, verdict: 'ok' }
    : { ...about, verdict: 'inconclusive', reason: open };
}

function numbersIn(figures: StepLine['figures']): Record<string, number> {
  const entries = Object.entries(figures).flatMap(([name, value]): [string, number][] =>
    typeof value === 'number' ? [[name, value]] : [],
  );
  return Object.fromEntries(entries);
}

function brokenIn({ figures }: StepLine, { mismatches, doubles, losses }: Counts): string | undefined {
  if (doubles > 0) return `${plural(doubles, 'effect')} happened twice`;
  if (losses > 0) return `storage lacks ${plural(losses, 'answered effect')}`;
  if (mismatches > 0) return `${plural(mismatches, 'replay')} had other bytes than the first answer`;
  const { differences } = figures;
  if (Array.isArray(differences) && differences.length > 0)
    return `the sides differ although every write was copied: ${String(differences[0])}`;
  return undefined;
}

function openIn(
  { problem }: StepLine,
  { settles, withdraws }: Counts,
  faults: readonly StepFault[],
  leastEffects: number,
): string | undefined {
  if (problem !== undefined) return `it could not be taken: ${problem}`;
  if (settles + withdraws < leastEffects)
    return `only ${settles + withdraws} effects were answered, and at least ${leastEffects} are needed to judge the step`;
  const missed = faults.find(({ struck }) => !struck);
  return missed === undefined ? undefined : `${missed.name} did not strike: ${missed.text}`;
}

/** The last step that had begun. */
function stepAt(steps: readonly StepLine[], at: number): number {
  return steps.findLastIndex(({ from }) => from <= at);
}

function isSameAnswer(one: OkAnswer, other: OkAnswer): boolean {
  if (one.args.fingerprint !== other.args.fingerprint) return true;
  return one.result.status === other.result.status && one.result.body === other.result.body;
}

/** Whether another operation executed its token, or has the same revision of its stream. */
function isDoubled(claim: OkAnswer, first: OkAnswer | undefined, taken: Map<string, string>): boolean {
  const { operationId, revision, replayed } = claim.result;
  if (operationId === undefined) return false;
  if (replayed !== true && first !== undefined && first.result.operationId !== operationId) return true;
  if (revision === undefined) return false;
  const place = `${revision} ${claim.key}`;
  const owner = taken.get(place);
  if (owner === undefined) taken.set(place, operationId);
  return owner !== undefined && owner !== operationId;
}

/** Operations whose event some reader saw; undefined: nobody has read the storage. */
function storedOperations({ audits, history }: Evidence): ReadonlySet<string> | undefined {
  if (audits.length === 0) return undefined;
  const known = new Set(history.flatMap(({ result }: HistoryEntry) => result?.operationId ?? []));
  const read = audits.flatMap(({ activity }) =>
    activity.map((event) => readEvent(event, known)?.operationId),
  );
  return new Set(read.filter((id) => id !== undefined));
}

function faultOfTrouble({ name, at, proof, missed }: TroubleLine): StepFault {
  return { name, struck: at !== undefined, text: proof ?? missed ?? '' };
}

function faultOfStrike({ fault, point, at, proof, missed }: Strike): StepFault {
  return { name: fault, point, struck: at !== undefined, text: proof ?? missed ?? '' };
}
