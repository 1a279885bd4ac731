/** Clause results and violations as text. */
import { proofText } from '../mutation/proof.ts';
import type { ClauseResult } from '../../suites/result.ts';
import { isElsewhere } from '../../suites/shard.ts';
import { formatMs, plural, printable } from '../format.ts';
import type { Certification } from '../model.ts';
import { sharedText, sharedViolations } from '../shared.ts';
import {
  againFacts,
  clauseRanges,
  clauseText,
  countedVerdict,
  countStatuses,
  describeEffort,
  hintFacts,
  knownFailure,
  repeatClause,
  staleText,
  STATUS_MARKS,
  idsText,
  unverifiedText,
  versionText,
  type ClauseContext,
} from '../words.ts';
import { renderFailure } from './lanes.ts';
import { columns, fit } from '../text.ts';
import {
  colorsOf,
  hanging,
  isQuiet,
  markOf,
  padEnd,
  statusColor,
  widthOf,
  type TerminalStyle,
} from './style.ts';

const ID_WIDTH = 9;
const INDENT = '    ';
/** Lines that one text of a violation may take. */
const MAX_TEXT_LINES = 16;

/** `✓ LOCK-01  text  100 runs, 34 orders, 1.2 s`; for a clause that was not decided, why. */
export function clauseLine(result: ClauseResult, style: TerminalStyle): string {
  const colors = colorsOf(style);
  const width = widthOf(style);
  const id = `${markOf(result.status, colors)} ${padEnd(printable(result.clause), ID_WIDTH)}  `;
  const indent = 2 + ID_WIDTH + 2;
  const reason = printable(result.reason ?? '');
  if (isQuiet(result.status)) {
    const why = reason === '' ? result.status : `${result.status}: ${reason}`;
    return colors.dim(id + fit(why, width - indent));
  }
  const effort = describeEffort(result);
  const room = width - indent - 2 - columns(effort);
  const text = padEnd(fit(clauseText(result.clause), room), room);
  const line = `${id}${text}  ${statusColor(result.status, colors)(effort)}`;
  return reason === '' ? line : [line, ...hanging(' '.repeat(indent), reason, width)].join('\n');
}

/** What there is to say of a clause as it comes: its line, or its violation in full. */
export function clauseBlock(result: ClauseResult, context: ClauseContext, style: TerminalStyle): string {
  return result.status === 'violated'
    ? `${violationBlock(result, context, style)}\n`
    : clauseLine(result, style);
}

/** A violation in full: the clause, the picture, what was expected and what came, the likely cause, how to repeat it. */
export function violationBlock(result: ClauseResult, context: ClauseContext, style: TerminalStyle): string {
  const colors = colorsOf(style);
  const width = widthOf(style);
  const found = result.counterexample;
  const facts =
    found === undefined
      ? []
      : [
          ['expected', printable(found.expected, true)],
          ['actual', printable(found.actual, true)],
          ...againFacts(found),
          ...hintFacts(found),
        ];
  const lines = [
    ...hanging(`✗ ${padEnd(printable(result.clause), ID_WIDTH)}  `, clauseText(result.clause), width).map(
      (line) => colors.bold(line),
    ),
    colors.red(`  ${describeEffort(result)}${shrunk(result)}`),
    ...(found === undefined
      ? []
      : renderFailure(found.lanes, style, width - INDENT.length).map((line) => INDENT + line)),
    ...(found === undefined ? [] : bounded(hanging('  ', printable(found.summary, true), width))),
    ...facts.flatMap(([name, text]) => bounded(hanging(`  ${padEnd(`${name}:`, 15)}`, text ?? '', width))),
    // Never wrapped, so that it can be copied.
    `  ${padEnd('repeat:', 15)}${colors.cyan(printable(repeatClause(result, context)))}`,
  ];
  return lines.join('\n');
}

/** Long texts have their beginning and their end. */
function bounded(lines: readonly string[]): readonly string[] {
  const hidden = lines.length - MAX_TEXT_LINES;
  if (hidden <= 0) return lines;
  const half = MAX_TEXT_LINES / 2;
  const note = `  … ${plural(hidden, 'more line')}: result.json has them`;
  return [...lines.slice(0, half), note, ...lines.slice(-half)];
}

function shrunk(result: ClauseResult): string {
  const shrinks = result.counterexample?.shrinks ?? 0;
  return shrinks === 0 ? '' : `, shrunk ${plural(shrinks, 'time')}`;
}

/** The outcome of a certification: level, counts by status, time. */
export function certificationSummary(certification: Certification, style: TerminalStyle): string {
  const colors = colorsOf(style);
  const { target } = certification;
  const verdict = countedVerdict(certification);
  const where = certification.processes > 1 ? `${certification.processes} processes` : 'one process';
  return [
    `${markOf(verdict, colors)} ${colors.bold(printable(target.spec))}${colors.dim(versionText(target))}`,
    statusColor(verdict, colors)(`  ${levelText(certification)}`),
    ...countLines(certification, style),
    ...baselineLines(certification, style),
    ...sharedLines(certification, style),
    ...undecidedLines(certification, style),
    ...unavailableLines(certification, style),
    ...quietLines(certification, style),
    ...proofLines(certification, style),
    colors.dim(
      `  ${plural(certification.runs, 'run')} a clause, ${where}, ${formatMs(certification.durationMs)}`,
    ),
  ].join('\n');
}

function proofLines({ suites }: Certification, style: TerminalStyle): string[] {
  if (suites.proof === null) return [];
  return [colorsOf(style).dim(`  suites of build ${suites.buildId}: ${proofText(suites.proof)}`)];
}

function baselineLines(certification: Certification, style: TerminalStyle): string[] {
  const { known = [], stale = [] } = certification.baseline ?? {};
  const colors = colorsOf(style);
  const line = (label: string, text: string): string[] =>
    hanging(`  ${label} `, printable(text), widthOf(style));
  return [
    ...known.flatMap((id) => line('·', `${id}, ${knownFailure(certification, id) ?? ''}`)),
    ...stale.flatMap((id) => line('✗', staleText(id)).map((text) => colors.red(text))),
  ];
}

function countLines(certification: Certification, style: TerminalStyle): string[] {
  const colors = colorsOf(style);
  const lines: { text: string; painted: string }[] = [];
  for (const [status, count] of countStatuses(certification.clauses)) {
    const part = `${count} ${status}`;
    const painted = statusColor(status, colors)(part);
    const last = lines.at(-1);
    if (last === undefined || columns(`${last.text} · ${part}`) > widthOf(style)) {
      lines.push({ text: `  ${part}`, painted: `  ${painted}` });
    } else {
      last.text += ` · ${part}`;
      last.painted += colors.dim(' · ') + painted;
    }
  }
  return lines.map((line) => line.painted);
}

/** What this machine could not check although it is declared, and what to do about it. */
function unavailableLines({ clauses }: Certification, style: TerminalStyle): string[] {
  const { yellow } = colorsOf(style);
  return clauses
    .filter(({ status }) => status === 'unverified')
    .flatMap(({ clause, status, reason = '' }) =>
      hanging(
        `  ${STATUS_MARKS[status]} `,
        printable(`${clause} was not checked: ${reason}`),
        widthOf(style),
      ),
    )
    .map((line) => yellow(line));
}

/** Violations that are one. */
function sharedLines({ clauses }: Certification, style: TerminalStyle): string[] {
  const { red } = colorsOf(style);
  return sharedViolations(clauses).flatMap((one) =>
    hanging(`  ${STATUS_MARKS.violated} `, printable(sharedText(one)), widthOf(style)).map((line) =>
      red(line),
    ),
  );
}

/** Why clauses were not decided, each reason once. */
function undecidedLines({ clauses }: Certification, style: TerminalStyle): string[] {
  const colors = colorsOf(style);
  return (['error', 'inconclusive'] as const).flatMap((status) =>
    [...byReason(clauses, status)].flatMap(([reason, ids]) =>
      hanging(`  ${STATUS_MARKS[status]} `, printable(`${clauseRanges(ids)}: ${reason}`), widthOf(style)).map(
        statusColor(status, colors),
      ),
    ),
  );
}

/**
 * Which clauses were not to be checked, by the reason: what is declared, provided or left out decides what a certificate
 * is worth.
 */
function quietLines({ clauses }: Certification, style: TerminalStyle): string[] {
  const { dim } = colorsOf(style);
  return (['not-applicable', 'skipped', 'not-run'] as const).flatMap((status) =>
    [...byReason(clauses, status)].flatMap(([reason, ids]) =>
      hanging(`  ${STATUS_MARKS[status]} `, printable(`${reason}: ${clauseRanges(ids)}`), widthOf(style)).map(
        (line) => dim(line),
      ),
    ),
  );
}

/** The clauses of a status, by their reason. */
function byReason(clauses: readonly ClauseResult[], wanted: ClauseResult['status']): Map<string, string[]> {
  const reasons = new Map<string, string[]>();
  for (const { clause, status, reason = 'no reason was given' } of clauses) {
    if (status !== wanted) continue;
    const ids = reasons.get(reason) ?? [];
    reasons.set(reason, ids);
    ids.push(clause);
  }
  return reasons;
}

/** `cluster level`, or why there is none. */
export function levelText(certification: Certification): string {
  const { level, levels, requestedLevel } = certification;
  if (certification.partial === true) return `interrupted before ${requestedLevel} level was decided`;
  const limits = [idsText(certification), unverifiedText(certification)].filter((text) => text !== '');
  if (level === requestedLevel)
    return `${level} level${limits.length === 0 ? '' : ` (${limits.join('; ')})`}`;
  const why = certification.clauses.some(isElsewhere)
    ? 'a shard alone gives none'
    : `${requestedLevel} level was asked for: ${levels[requestedLevel]}`;
  return `${level === null ? 'no' : level} level (${why})`;
}
