/** The kill matrix as terminal text. */
import type { SpecimenResult } from '../../suites/mutation.ts';
import { formatMs, plural } from '../format.ts';
import { violationBlock } from '../terminal/clause.ts';
import { colorsOf, markOf, padEnd, type TerminalStyle } from '../terminal/style.ts';
import { tellingExam, type MutationReport } from './model.ts';
import { effortText, FATE_STATUS, fateText, mutationHeadline, othersText } from './words.ts';

/** `no-lock on postgres`. */
const NAME_WIDTH = 42;

/** One line; and what an equivalent was accused of, in full. */
export function specimenBlock(
  specimen: SpecimenResult,
  context: { readonly target: string; readonly processes: number },
  style: TerminalStyle,
): string {
  const colors = colorsOf(style);
  const others = othersText(specimen);
  const name = padEnd(`${specimen.name} on ${specimen.base}`, NAME_WIDTH);
  const line = `${markOf(FATE_STATUS[specimen.fate], colors)} ${name} ${fateText(specimen)}`;
  const beside = others === '' || specimen.fate !== 'killed' ? '' : colors.dim(`; also violated: ${others}`);
  const accusations =
    specimen.fate === 'accused'
      ? (tellingExam(specimen)?.clauses ?? []).filter(({ status }) => status === 'violated')
      : [];
  return [line + beside, ...accusations.map((result) => violationBlock(result, context, style))].join('\n');
}

export function mutationSummary(report: MutationReport, style: TerminalStyle): string {
  const colors = colorsOf(style);
  return [
    colors.bold(mutationHeadline(report)),
    effortText(report),
    `${plural(report.runs, 'run')} a clause at most, ${plural(report.seeds.length, 'seed')}, ${formatMs(report.durationMs)}`,
    `repeat: ${report.repeat}`,
  ].join('\n');
}
