/** What the author of an adapter that refuses plain ids may do. */
import { codeOf } from '../judging/observe.ts';
import type { TrialRun } from '../engine/property.ts';

/** Behind the end of an id in a message. */
const END = /^[\w.:-]*(?:["'`\s)\],;]|\.?$)/;

/** What an error without a code says of an id that it does not take: one that names the id for another reason does not. */
const OF_FORM = /invalid|malformed|expected|format|syntax|pattern|uuid/i;

/** Where a call of the trial was refused with a message that names one of its plain ids, and the target says nothing of ids. */
export function idAdvice(run: TrialRun<unknown>): string | undefined {
  const { scope, subject, setup, main, finale } = run;
  if (subject.idSpace !== undefined) return undefined;
  const refused = [...setup, ...main.records, ...finale].some((record) => {
    const code = codeOf(record);
    if (record.outcome.status !== 'error') return false;
    const { message } = record.outcome.error;
    if (code !== 'INVALID_RECORD' && !(code === 'none' && OF_FORM.test(message))) return false;
    const prefix = scope.asIs('');
    const [, ...behind] = message.split(prefix);
    return behind.some((text) => END.test(text));
  });
  return refused ? ADVICE : undefined;
}

const ADVICE =
  'If the adapter accepts only certain ids, declare them in its target, and lockstep uses no others: ids: { pattern: /^…$/, example: "…" }';
