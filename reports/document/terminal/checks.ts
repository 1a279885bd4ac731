/** Draws checks, one line each, target by target. */
import { printable } from '../../words/format.ts';
import type { Check, CheckRow, ChecksBlock } from '../model.ts';
import { columns, fit } from '../text.ts';
import { hanging, isQuiet, markOf, padEnd, statusColor, type Pen } from './style.ts';

/** Longer names are not aligned with the others. */
const MAX_ID = 42;
const MIN_ID = 9;

export function checkLines({ targets, rows }: ChecksBlock, pen: Pen): string[] {
  const id = Math.min(MAX_ID, Math.max(MIN_ID, ...rows.map((row) => columns(printable(row.id)))));
  return targets.flatMap((target, index) => [
    ...(targets.length > 1 ? [pen.colors.bold(printable(target))] : []),
    ...rows.flatMap((row) => {
      const check = row.results[index];
      return check === undefined ? [] : checkLine(row, check, pen, id);
    }),
  ]);
}

/** `✓ LOCK-01  text  100 runs, 34 orders, 1.2 s`. For an undecided check, the reason. */
function checkLine(row: CheckRow, check: Check, { colors, width }: Pen, idWidth: number): string[] {
  const { status, says = status, effort = [], reason: why = '' } = check;
  const id = `${markOf(status, colors)} ${padEnd(printable(row.id), idWidth)}  `;
  const indent = columns(id);
  const reason = printable(why);
  if (isQuiet(status)) {
    return [colors.dim(id + fit(reason === '' ? says : `${says}: ${reason}`, width - indent))];
  }
  const done = status === 'ok' && check.says === undefined ? effort.join(', ') : [says, ...effort].join(', ');
  // If the reader has just asked for the check, only the outcome is shown.
  if (row.text === '') return hanging(id, `${printable(done)}${reason === '' ? '' : `: ${reason}`}`, width);
  if (done === '' && reason !== '') return hanging(id, reason, width);
  const room = width - indent - 2 - columns(done);
  const text = padEnd(fit(printable(row.text), room), room);
  const line = `${id}${text}  ${statusColor(status, colors)(printable(done))}`.trimEnd();
  return reason === '' ? [line] : [line, ...hanging(' '.repeat(indent), reason, width)];
}
