/** The kill matrix as Markdown, for a pull request or a job summary. */
import { formatMs, plural } from '../format.ts';
import type { MutationReport } from './model.ts';
import { effortText, fateText, mutationHeadline, othersText } from './words.ts';

export function renderMutationMarkdown(report: MutationReport): string {
  const rows = report.specimens.map((specimen) =>
    row([
      `\`${specimen.name}\``,
      specimen.base,
      specimen.kind === 'mutant' ? specimen.clauses.join(', ') : 'every clause',
      fateText(specimen),
      specimen.kind === 'mutant' ? othersText(specimen) : '',
      specimen.about,
    ]),
  );
  return [
    '# Kill matrix',
    '',
    `**${mutationHeadline(report)}**; ${effortText(report)}.`,
    '',
    `lockstep ${report.lockstepVersion}, contract ${report.contractVersion}, ${report.startedAt}, ${plural(report.runs, 'run')} a clause at most, seeds ${report.seeds.join(', ')}, ${plural(report.processes, 'process', 'processes')}, ${formatMs(report.durationMs)}. Repeat: \`${report.repeat}\``,
    '',
    row(['name', 'on', 'made for it', 'result', 'also violated', 'the bug, or why it is correct']),
    row(Array.from({ length: 6 }, () => '---')),
    ...rows,
    '',
  ].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
