/** Which keys are read on the new side while shares of them are to be. */
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Failure, TrialRun } from '../../harness/engine/property.ts';

/** The reads of one surface under one order. */
export interface Round {
  readonly surface: string;
  /** In percent. */
  readonly share: number;
  readonly reads: readonly StepRecord[];
}

type IsNew = (record: StepRecord) => boolean;

/** After so many milliseconds the other side may answer instead, because nobody waits for a slow side. */
const PROMPT_MS = 40;

/** A share that contains all keys, or none; or a key that was within a share, and is read on the old side. */
export function sharedWrongly(
  run: TrialRun<unknown>,
  rounds: readonly Round[],
  isNew: IsNew,
): Failure | undefined {
  return unshared(rounds, isNew) ?? torn(run, rounds, isNew);
}

function unshared(rounds: readonly Round[], isNew: IsNew): Failure | undefined {
  for (const { surface, share, reads } of rounds) {
    const moved = reads.filter(isNew).length;
    const isWrong = share < 100 && moved === reads.length ? true : moved === 0 && reads.every(wasPrompt);
    if (!isWrong) continue;
    return {
      summary: `${share} percent of the ${surface} were to be read on the new side, but ${moved === 0 ? 'none' : 'all'} of ${reads.length} reads were answered by it.`,
      expected: 'about that share of the keys',
      actual: `${moved} of ${reads.length} reads were answered by the new side`,
      marked: reads.slice(0, 2),
    };
  }
  return undefined;
}

/** The old side answers if the new side is late. That does not explain a single such read between others. */
function wasPrompt(record: StepRecord | undefined): boolean {
  return record !== undefined && record.return - record.call <= PROMPT_MS * 1e6;
}

/** A key that was within a share, but is read on the old side between keys that are read on the new side. */
function torn(run: TrialRun<unknown>, rounds: readonly Round[], isNew: IsNew): Failure | undefined {
  const moved = new Map<string, StepRecord>();
  for (const { surface, share, reads } of rounds) {
    for (const record of reads) {
      const key = keyOf(run, record);
      if (isNew(record) && !moved.has(key)) moved.set(key, record);
    }
    const within = reads.filter((record) => share === 100 || moved.has(keyOf(run, record)));
    const back = within.find((record, index) => {
      const around = [within[index - 1], record, within[index + 1]];
      return (
        !isNew(record) &&
        around.every((one) => wasPrompt(one) && (one === record || isNew(one as StepRecord)))
      );
    });
    if (back === undefined) continue;
    const before = moved.get(keyOf(run, back));
    return {
      summary: `One of the ${surface} (${run.scope.name(nameOf(run, back))}), which is within the share of ${share} percent, is read on the old side while others are read on the new one.`,
      expected:
        'a key that is within a share is read on the new side each time, and stays there as the share grows',
      actual: 'the record of the old side',
      marked: [...(before === undefined ? [] : [before]), back],
    };
  }
  return undefined;
}

function keyOf(run: TrialRun<unknown>, record: StepRecord): string {
  return JSON.stringify(argumentOf(run, record));
}

/** The key that was read, for people. */
function nameOf(run: TrialRun<unknown>, record: StepRecord): unknown {
  const argument = argumentOf(run, record);
  return typeof argument === 'object' && argument !== null ? Object.values(argument)[0] : argument;
}

function argumentOf({ trial }: TrialRun<unknown>, { actor, step }: StepRecord): unknown {
  const made = trial.actors[actor]?.steps[step];
  return made?.do === 'call' ? made.args[0] : undefined;
}
