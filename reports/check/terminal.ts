/** Checked histories as text: a line a file, and for each key that is not ok what is wrong with it. */
import type { Operation, SequentialModel } from '../../suites/checker/operation.ts';
import type { CheckVerdict, KeyResult, UnknownReason } from '../../suites/checker/result.ts';
import type { Verdict } from '../../suites/result.ts';
import { formatCount, formatMs, plural, printable } from '../format.ts';
import { renderLanes } from '../terminal/lanes.ts';
import { colorsOf, hanging, markOf, statusColor, widthOf, type TerminalStyle } from '../terminal/style.ts';
import type { CheckedFile } from './model.ts';
import { pictureOf, type Picture } from './picture.ts';

const INDENT = '    ';
/** Operations that a sentence names; of more it gives the number. */
const MAX_NAMED = 6;

/** The verdicts in the colours and marks of the others. */
const AS_VERDICT: Readonly<Record<CheckVerdict, Verdict>> = {
  ok: 'ok',
  illegal: 'violated',
  unknown: 'inconclusive',
};

export function checkBlock(file: CheckedFile, style: TerminalStyle): string {
  const { model, keys } = file.result;
  return [
    headline(file, style),
    ...keys.filter((key) => key.verdict === 'illegal').flatMap((key) => illegalBlock(model, key, style)),
    ...UNKNOWN_REASONS.flatMap((reason) =>
      unknownBlock(
        keys.filter((key) => key.reason === reason),
        reason,
        style,
      ),
    ),
  ].join('\n');
}

function headline({ name, result }: CheckedFile, style: TerminalStyle): string {
  const colors = colorsOf(style);
  const { verdict, model, operations, keys, ignored, steps, decidedMs } = result;
  const facts = [
    plural(operations, 'operation'),
    plural(keys.length, 'key'),
    plural(steps, 'step'),
    `decided in ${formatMs(decidedMs)}`,
    ...(ignored === 0 ? [] : [`${plural(ignored, 'line')} without an observation`]),
  ];
  const status = AS_VERDICT[verdict];
  return `${markOf(status, colors)} ${colors.bold(printable(name))}  ${statusColor(status, colors)(verdict)}  ${colors.dim(`${model.name}: ${facts.join(', ')}`)}`;
}

function illegalBlock(model: SequentialModel, key: KeyResult, style: TerminalStyle): string[] {
  const width = widthOf(style);
  const colors = colorsOf(style);
  const say = (text: string): string[] => hanging(INDENT, printable(text), width);
  const picture = pictureOf(model, key);
  return [
    `  ${markOf('violated', colors)} key ${colors.bold(printable(JSON.stringify(key.key)))}  illegal`,
    ...say(
      `No order of its ${plural(key.operations.length, 'operation')} explains their answers${enoughText(key)}.`,
    ),
    ...versionLines(model, key).flatMap(say),
    ...(picture === undefined
      ? say('There was no time left to say why.')
      : [...pictureLines(model, picture, style), ...whyLines(model, picture).flatMap(say)]),
    '',
  ];
}

const UNKNOWN_REASONS = ['time', 'memory', 'interrupted', 'elsewhere'] as const satisfies UnknownReason[];

const REASONS: Readonly<Record<UnknownReason, string>> = {
  time: 'the time was up before the search was done; --timeout gives it more',
  memory: 'the search needed more memory; --memory gives it more',
  elsewhere: 'not searched to the end, for another key is illegal and settles the history',
  interrupted: 'interrupted before the search was done',
};

/** Keys that share a reason, in one sentence. */
function unknownBlock(keys: readonly KeyResult[], reason: UnknownReason, style: TerminalStyle): string[] {
  if (keys.length === 0) return [];
  const names = listed(keys.map((key) => JSON.stringify(key.key)));
  const head = `  ${markOf('inconclusive', colorsOf(style))} `;
  const text = `${keys.length === 1 ? 'key' : plural(keys.length, 'key')} ${names}  unknown: ${REASONS[reason]}`;
  return hanging('    ', printable(text), widthOf(style)).map((line, index) =>
    index === 0 ? head + line.trimStart() : line,
  );
}

function enoughText({ explanation, operations }: KeyResult): string {
  if (explanation === undefined) return '';
  const { core } = explanation;
  if (core.operations.length === operations.length) return '';
  const smaller = core.minimal ? '' : ', and fewer may do';
  return core.operations.length === 1
    ? `, and one alone is enough to show it${smaller}`
    : `, and these ${formatCount(core.operations.length)} are enough to show it${smaller}`;
}

function versionLines(model: SequentialModel, { versions, operations }: KeyResult): string[] {
  if (versions === undefined) return [];
  const { operation, other, problem, withoutRevisions } = versions;
  const cause = other === undefined ? '' : ` (compare ${named(model, operations[other])})`;
  const alone: Readonly<Record<CheckVerdict, string>> = {
    ok: 'Only the revisions contradict: without them some order explains the answers.',
    illegal: 'Even if revisions are not compared, no order explains the answers.',
    unknown: 'What holds without the revisions was not found out in time.',
  };
  return [
    `By version order: ${named(model, operations[operation])} ${problem}${cause}.`,
    alone[withoutRevisions],
  ];
}

function pictureLines(
  model: SequentialModel,
  { lanes, free, hidden }: Picture,
  style: TerminalStyle,
): string[] {
  const width = widthOf(style);
  const more =
    free.length === 0
      ? []
      : [`Whenever these took effect, if they did: ${listed(free.map((each) => model.label(each)))}.`];
  const left = hidden === 0 ? [] : [`${plural(hidden, 'more operation')} not drawn.`];
  return [
    '',
    ...renderLanes(lanes, style, width - INDENT.length).map((line) => INDENT + line),
    ...[...more, ...left].flatMap((line) => hanging(INDENT, printable(line), width)),
    '',
  ];
}

function whyLines(model: SequentialModel, { operations, prefix }: Picture): string[] {
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

function listed(labels: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const texts = [...counts].map(([label, count]) => (count === 1 ? label : `${label} (${count} times)`));
  const hidden = texts.length - MAX_NAMED;
  return hidden <= 0 ? texts.join(', ') : `${texts.slice(0, MAX_NAMED).join(', ')}, and ${hidden} more`;
}
