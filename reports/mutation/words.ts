/** Texts that all renderers of the kill matrix share. */
import type { Exam, Fate, SpecimenResult } from '../../suites/mutation/mutation.ts';
import type { ClauseStatus } from '../../suites/result.ts';
import { formatMs, plural } from '../words/format.ts';
import { countFates, killsOf, median, tellingExam, type MutationReport } from './model.ts';

/** The status whose mark and colour a fate uses. */
export const FATE_STATUS: Readonly<Record<Fate, ClauseStatus>> = {
  killed: 'ok',
  passed: 'ok',
  survived: 'violated',
  accused: 'violated',
  undecided: 'inconclusive',
};

/** `killed by LOCK-01 in run 3, 1.2 s`, or what happened instead. */
export function fateText(specimen: SpecimenResult): string {
  const exam = tellingExam(specimen);
  const seeds = specimen.exams.length > 1 ? ` (${specimen.exams.length} seeds)` : '';
  switch (specimen.fate) {
    case 'killed':
      return `killed by ${killText(specimen)}${seeds}`;
    case 'survived':
      return `survived ${specimen.clauses.join(', ')} with seed ${exam?.seed}`;
    case 'passed':
      return `passed ${plural(exam?.clauses.length ?? 0, 'clause')}${seeds}`;
    case 'accused':
      return `accused by ${clausesThat(exam, ['violated'])} with seed ${exam?.seed}`;
    case 'undecided':
      return `undecided: ${undecidedText(exam)}`;
    default:
      return specimen.fate satisfies never;
  }
}

function killText(specimen: SpecimenResult): string {
  const kills = killsOf(specimen);
  const clauses = [...new Set(kills.map(({ clause }) => clause))].join(', ');
  const run = median(kills.map((kill) => kill.run));
  const durationMs = median(kills.map((kill) => kill.durationMs)) ?? 0;
  return `${clauses} in run ${run}, ${formatMs(durationMs)}`;
}

function undecidedText(exam: Exam | undefined): string {
  const open = exam?.clauses.find(({ status }) => status !== 'ok' && status !== 'violated');
  return open === undefined ? 'no clause was checked' : `${open.clause} ${open.status}, ${open.reason}`;
}

function clausesThat(exam: Exam | undefined, statuses: readonly ClauseStatus[]): string {
  return (exam?.clauses ?? [])
    .filter(({ status }) => statuses.includes(status))
    .map(({ clause }) => clause)
    .join(', ');
}

/** Further violated clauses besides the killer. */
export function othersText(specimen: SpecimenResult): string {
  const violated = (tellingExam(specimen)?.clauses ?? []).filter(({ status }) => status === 'violated');
  const killer = killsOf(specimen)[0]?.clause;
  return violated
    .map(({ clause }) => clause)
    .filter((clause) => clause !== killer)
    .join(', ');
}

/** The result, in one sentence: `98 of 98 mutants killed, 6 of 6 equivalents passed`. */
export function mutationHeadline(report: MutationReport): string {
  const mutants = report.specimens.filter(({ kind }) => kind === 'mutant');
  const equivalents = report.specimens.filter(({ kind }) => kind === 'equivalent');
  const counts = new Map(countFates(report.specimens));
  const parts = [
    ...(mutants.length === 0
      ? []
      : [`${counts.get('killed') ?? 0} of ${plural(mutants.length, 'mutant')} killed`]),
    ...(equivalents.length === 0
      ? []
      : [`${counts.get('passed') ?? 0} of ${plural(equivalents.length, 'equivalent')} passed`]),
  ];
  return `${report.partial ? 'Interrupted: ' : ''}${parts.length === 0 ? 'nothing was examined' : parts.join(', ')}`;
}

/** The median and the maximum for the killed mutants. */
export function effortText({ specimens }: MutationReport): string {
  const kills = specimens.filter(({ kind }) => kind === 'mutant').flatMap(killsOf);
  if (kills.length === 0) return 'no kill';
  const runs = kills.map(({ run }) => run);
  const times = kills.map(({ durationMs }) => durationMs);
  return `to a kill: run ${median(runs)} in the median and ${Math.max(...runs)} at most; ${formatMs(median(times) ?? 0)} and ${formatMs(Math.max(...times))}`;
}
