/** Judges what batches of a backfill report. */
import type { BackfillProgress } from '../../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../../scenarios/host/language/history.ts';
import { show, valueOf, whoOf } from '../../../harness/judging/observe.ts';
import type { Failure, Scope } from '../../../harness/engine/property.ts';

/** A batch that reports more copies than records that it has examined. */
export function miscounted(batches: readonly StepRecord[], scope: Scope): Failure | undefined {
  const wrong = batches.find((record) => {
    const { copied = 0, examined = 0 } = (valueOf(record) ?? {}) as Partial<BackfillProgress>;
    return copied > examined;
  });
  if (wrong === undefined) return undefined;
  return {
    summary: `A batch of the backfill (${whoOf(wrong)}) says that it has copied more records than it has examined.`,
    expected: 'copied counts the examined records that the new side lacked or had in another state',
    actual: show(valueOf(wrong), scope),
    marked: [wrong],
  };
}

/**
 * Judges a whole pass, and one in batches of one, when nobody writes any more. It must copy nothing, end, and examine every
 * record.
 */
export function restless(records: readonly StepRecord[], scope: Scope): Failure | undefined {
  const [whole, ...ones] = records.map((record) => valueOf(record) as BackfillProgress);
  if (whole === undefined) return undefined;
  const end = ones.findIndex(({ done }) => done);
  const pass = ones.slice(0, end + 1);
  const examined = pass.reduce((sum, batch) => sum + batch.examined, 0);
  const copied = [whole, ...ones].reduce((sum, batch) => sum + batch.copied, 0);
  if (whole.done && copied === 0 && end >= 0 && examined === whole.examined) return undefined;
  return {
    summary:
      copied > 0
        ? `Passes of the backfill over records that both sides had copied ${copied} of them again.`
        : !whole.done || end < 0
          ? `A pass of the backfill over ${whole.examined} records did not end, in one batch or in ${ones.length} batches of one.`
          : `A pass of the backfill looked at ${whole.examined} records at once, and at ${examined} in batches of one.`,
    expected: 'each pass looks at every record once, and copies nothing that is there',
    actual: records.map((record) => show(valueOf(record), scope)).join(', then '),
    marked: records,
  };
}
