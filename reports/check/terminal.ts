/** Checked histories as text: a line a file, and for each key that is not ok what is wrong with it. */
import type { SequentialModel } from '../../suites/checker/operation.ts';
import type { KeyResult, UnknownReason } from '../../suites/checker/result.ts';
import { plural, printable } from '../format.ts';
import { renderLanes } from '../terminal/lanes.ts';
import { colorsOf, hanging, markOf, statusColor, widthOf, type TerminalStyle } from '../terminal/style.ts';
import type { CheckedFile } from './model.ts';
import { pictureOf, type Picture } from './picture.ts';
import {
  AS_VERDICT,
  factsOf,
  freeTexts,
  illegalText,
  listed,
  NO_TIME_TEXT,
  UNANSWERED_TEXT,
  UNKNOWN_TEXTS,
  unwrittenTexts,
  versionTexts,
  whyTexts,
} from './words.ts';

const INDENT = '    ';

export function checkBlock(file: CheckedFile, style: TerminalStyle): string {
  const { model, keys, reason: unanswered } = file.result;
  if (unanswered !== undefined)
    return [headline(file, style), ...hanging('  ', UNANSWERED_TEXT, widthOf(style))].join('\n');
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
  const status = AS_VERDICT[result.verdict];
  return `${markOf(status, colors)} ${colors.bold(printable(name))}  ${statusColor(status, colors)(result.verdict)}  ${colors.dim(factsOf(result))}`;
}

function illegalBlock(model: SequentialModel, key: KeyResult, style: TerminalStyle): string[] {
  const width = widthOf(style);
  const colors = colorsOf(style);
  const say = (text: string): string[] => hanging(INDENT, printable(text), width);
  const picture = pictureOf(model, key);
  const rest =
    picture === undefined
      ? say(NO_TIME_TEXT)
      : [...pictureLines(model, picture, style), ...whyTexts(model, picture).flatMap(say)];
  return [
    `  ${markOf('violated', colors)} key ${colors.bold(printable(JSON.stringify(key.key)))}  illegal`,
    ...say(illegalText(key)),
    ...versionTexts(model, key).flatMap(say),
    ...(key.unwritten === undefined ? rest : unwrittenTexts(model, key).flatMap(say)),
    '',
  ];
}

const UNKNOWN_REASONS = ['time', 'memory', 'interrupted', 'elsewhere'] as const satisfies UnknownReason[];

/** Keys that share a reason, in one sentence. */
function unknownBlock(keys: readonly KeyResult[], reason: UnknownReason, style: TerminalStyle): string[] {
  if (keys.length === 0) return [];
  const names = listed(keys.map((key) => JSON.stringify(key.key)));
  const head = `  ${markOf('inconclusive', colorsOf(style))} `;
  const text = `${keys.length === 1 ? 'key' : plural(keys.length, 'key')} ${names}  unknown: ${UNKNOWN_TEXTS[reason]}`;
  return hanging('    ', printable(text), widthOf(style)).map((line, index) =>
    index === 0 ? head + line.trimStart() : line,
  );
}

function pictureLines(model: SequentialModel, picture: Picture, style: TerminalStyle): string[] {
  const width = widthOf(style);
  const { lanes, hidden } = picture;
  const left = hidden === 0 ? [] : [`${plural(hidden, 'more operation')} not drawn.`];
  return [
    '',
    ...renderLanes(lanes, style, width - INDENT.length).map((line) => INDENT + line),
    ...[...freeTexts(model, picture), ...left].flatMap((line) => hanging(INDENT, printable(line), width)),
    '',
  ];
}
