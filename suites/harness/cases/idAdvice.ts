/** Advice for the author of an adapter that refuses plain ids. */
import { codeOf } from '../judging/observe.ts';
import type { TrialRun } from '../engine/property.ts';

/** What may follow an id in a message. */
const END = /^[\w.:-]*(?:["'`\s)\],;]|\.?$)/;

/**
 * Words with which an error without a code says that it refuses the form of an id. Errors that mention the id for
 * another reason contain none of them.
 */
const OF_FORM = /invalid|malformed|expected|format|syntax|pattern|uuid/i;

/**
 * The advice, if a call was refused with a message that names a plain id of the trial and the target declares no id
 * rule.
 */
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
