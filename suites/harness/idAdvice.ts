/** What the author of an adapter that refuses plain ids may do. */
import { codeOf } from './observe.ts';
import type { TrialRun } from './property.ts';

/** Behind the end of an id in a message. */
const END = /^[\w.:-]*(?:["'`\s)\],;]|\.?$)/;

/** Where a call of the trial was refused with a message that names one of its plain ids, and the target says nothing of ids. */
export function idAdvice(run: TrialRun<unknown>): string | undefined {
  const { scope, subject, setup, main, finale } = run;
  if (subject.idSpace !== undefined) return undefined;
  const refused = [...setup, ...main.records, ...finale].some((record) => {
    const code = codeOf(record);
    if (record.outcome.status !== 'error' || (code !== 'INVALID_RECORD' && code !== 'none')) return false;
    const prefix = scope.asIs('');
    const [, ...behind] = record.outcome.error.message.split(prefix);
    return behind.some((text) => END.test(text));
  });
  return refused ? ADVICE : undefined;
}

const ADVICE =
  'An adapter that takes certain ids alone declares them in its target, and is asked for no others: ids: { pattern: /^…$/, example: "…" }';
