/** Checked histories in sentences, for the terminal and for pages. */
import type { Operation, SequentialModel } from '../../suites/checker/operation.ts';
import type { CheckResult, CheckVerdict, KeyResult, UnknownReason } from '../../suites/checker/result.ts';
import type { Verdict } from '../../suites/result.ts';
import { formatCount, formatMs, plural } from '../words/format.ts';
import type { Picture } from './picture.ts';

/** The most operations that a sentence names. For more it gives the number. */
const MAX_NAMED = 6;

/** Maps the verdicts to those whose colours and marks they use. */
export const AS_VERDICT: Readonly<Record<CheckVerdict, Verdict>> = {
  ok: 'ok',
  illegal: 'violated',
  unknown: 'inconclusive',
};

export const UNKNOWN_TEXTS: Readonly<Record<UnknownReason, string>> = {
  time: 'the time was up before the search was done; allow more with --timeout',
  memory: 'the search needed more memory; allow more with --memory',
  elsewhere: 'not searched to the end, because another key is illegal, which decides the history',
  interrupted: 'interrupted before the search was done',
};

export const UNANSWERED_TEXT =
  'No operation of this history was answered, so there is nothing to check: any behavior of the store would fit.';

export function factsOf({
  model,
  operations,
  keys,
  ignored,
  steps,
  decidedMs,
  timesFrom,
}: CheckResult): string {
  const facts = [
    plural(operations, 'operation'),
    plural(keys.length, 'key'),
    plural(steps, 'step'),
    `decided in ${formatMs(decidedMs)}`,
    ...(ignored === 0 ? [] : [`${plural(ignored, 'line')} without an observation`]),
    ...(timesFrom === undefined ? [] : [`times counted from ${timesFrom}`]),
  ];
  return `${model.name}: ${facts.join(', ')}`;
}

export function illegalText(key: KeyResult): string {
  return `No order of its ${plural(key.operations.length, 'operation')} explains their answers${enoughText(key)}.`;
}

export const NO_TIME_TEXT = 'There was no time left to explain why.';

function enoughText({ explanation, operations }: KeyResult): string {
  if (explanation === undefined) return '';
  const { core } = explanation;
  if (core.operations.length === operations.length) return '';
  const smaller = core.minimal ? '' : ', and fewer may do';
  return core.operations.length === 1
    ? `, and one alone is enough to show it${smaller}`
    : `, and these ${formatCount(core.operations.length)} are enough to show it${smaller}`;
}

/** If one impossible answer explains everything, there is nothing else to show. */
export function unwrittenTexts(model: SequentialModel, { unwritten, operations }: KeyResult): string[] {
  if (unwritten === undefined) return [];
  const operation = operations[unwritten.operation] as Operation;
  return [
    `${labelOf(model, operation)} (client ${operation.client}, called at ${operation.call}) is wrong in any order: ${unwritten.why}.`,
  ];
}

export function versionTexts(model: SequentialModel, { versions, operations }: KeyResult): string[] {
  if (versions === undefined) return [];
  const { operation, other, problem, withoutRevisions } = versions;
  const cause = other === undefined ? '' : ` (compare ${named(model, operations[other])})`;
  const alone: Readonly<Record<CheckVerdict, string>> = {
    ok: 'Only the revisions contradict: without them some order explains the answers.',
    illegal: 'Even if revisions are not compared, no order explains the answers.',
    unknown: 'Whether some order explains the answers without the revisions was not decided in time.',
  };
  return [
    `By version order: ${named(model, operations[operation])} ${problem}${cause}.`,
    alone[withoutRevisions],
  ];
}

export function freeTexts(model: SequentialModel, { free }: Picture): string[] {
  if (free.length === 0) return [];
  return [`Whenever these took effect, if they did: ${listed(free.map((each) => model.label(each)))}.`];
}

export function whyTexts(model: SequentialModel, { operations, prefix }: Picture): string[] {
  const { order, state, stuck } = prefix;
  const last = order.slice(-MAX_NAMED).map((id) => labelOf(model, operations[id]));
  const skipped = order.length - last.length;
  const before = skipped === 0 ? '' : `${formatCount(skipped)} before, `;
  const reached =
    order.length === 0
      ? `Nothing can come first: ${state}.`
      : `The longest order that works: ${before}${last.join(', ')}; then ${state}.`;
  const reasons = stuck
    .slice(0, MAX_NAMED)
    .map((each) => `${named(model, operations[each.operation])} cannot be next: ${each.why}.`);
  return [reached, ...reasons];
}

function named(model: SequentialModel, operation: Operation | undefined): string {
  return operation === undefined ? '' : `${labelOf(model, operation)} (client ${operation.client})`;
}

function labelOf(model: SequentialModel, operation: Operation | undefined): string {
  return operation === undefined ? '' : model.label(operation);
}

/** Names in one sentence, each once. If there are many, only the first ones. */
export function listed(labels: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const texts = [...counts].map(([label, count]) => (count === 1 ? label : `${label} (${count} times)`));
  const hidden = texts.length - MAX_NAMED;
  return hidden <= 0 ? texts.join(', ') : `${texts.slice(0, MAX_NAMED).join(', ')}, and ${hidden} more`;
}
