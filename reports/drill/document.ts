/** A drill as a document. */
import type { StepFault, StepResult } from '../../suites/drill/result.ts';
import type { RuleResult } from '../../suites/result.ts';
import type { Block, FactsBlock, ReportDocument, TableBlock } from '../document/model.ts';
import { formatCount, formatMs, formatTime, plural } from '../words/format.ts';
import { PARTIAL_NOTICE, VERDICT_OF_STATUS } from '../recorded.ts';
import { RULE_TEXTS, tallyText } from '../words/words.ts';
import { drillStatus, type DrillReport } from './model.ts';

export function drillDocument(report: DrillReport): ReportDocument {
  return {
    about: [
      `lockstep ${report.lockstepVersion} drill of ${report.source} → ${report.target}`,
      `${formatTime(report.startedAt)}, ${formatMs(report.durationMs)}, seed ${report.seed}`,
    ],
    ...drillVerdict(report),
    ...(report.partial ? { notice: PARTIAL_NOTICE } : {}),
    summary: [factsOf(report)],
    chapters: [
      { id: 'steps', title: 'Steps', blocks: [stepTable(report), ...openSteps(report)] },
      { id: 'faults', title: 'Faults', blocks: [faultTable(report)] },
      { id: 'rules', title: 'Rules, over the history of both sides', blocks: ruleBlocks(report) },
    ],
  };
}

export function drillVerdict(report: DrillReport): Pick<ReportDocument, 'status' | 'headline' | 'repeat'> {
  return {
    status: VERDICT_OF_STATUS[drillStatus(report)],
    headline: drillHeadline(report),
    repeat: report.repeat,
  };
}

export function drillHeadline({ source, target, verdict, reason, partial }: DrillReport): string {
  const move = `${source} → ${target}`;
  if (verdict === 'violated') return `${move}: ${reason}`;
  if (partial) return `${move}: interrupted before its end`;
  return verdict === 'ok' ? `${move}: ${reason}` : `${move}: not decided: ${reason}`;
}

/** What is printed at the end: the steps, and the figures of the whole drill. */
export function drillSummary(report: DrillReport): Block[] {
  return [stepTable(report), ...openSteps(report), factsOf(report)];
}

function factsOf({ judgement, authority, comparison, services, evidence }: DrillReport): FactsBlock {
  const { probes, outdatedTried, outdatedAccepted, handOvers, longestGapMs } = authority;
  return {
    kind: 'facts',
    rows: [
      ['effects', tallyText(judgement.tally)],
      ['services', String(services)],
      [
        'authority',
        probes === 0
          ? 'not probed: a side has no authority'
          : `${formatCount(probes)} probes on both sides, ${plural(handOvers, 'hand over')}, ${outdatedAccepted} of ${formatCount(outdatedTried)} writes of a past epoch accepted`,
      ],
      ...(longestGapMs === null
        ? []
        : [['neither side accepted writes', `for ${formatMs(longestGapMs)} at most`] as const]),
      [
        'at the end',
        comparison === null
          ? 'the sides could not be compared'
          : `${formatCount(comparison.compared)} records compared, ${comparison.differences.length} differ, ${comparison.owed} not copied`,
      ],
      ['evidence', { code: evidence }],
    ],
  };
}

const STEP_HEADS = [
  'step',
  'verdict',
  'taken in',
  'lasted',
  'settles',
  'withdraws',
  'replays',
  'mismatches',
  'doubles',
  'losses',
  'faults struck',
] as const;

function stepTable({ steps }: DrillReport): TableBlock {
  return {
    kind: 'table',
    caption: 'Steps of the move. For a step back, “taken in” is the time of the rollback.',
    head: STEP_HEADS,
    numbersFrom: 2,
    rows: steps.map((step) => [
      `${step.number} ${step.way === 'back' ? '← ' : ''}${step.name}`,
      { status: step.verdict },
      formatMs(step.takenMs),
      formatMs(step.durationMs),
      formatCount(step.settles),
      formatCount(step.withdraws),
      formatCount(step.replays),
      formatCount(step.mismatches),
      formatCount(step.doubles),
      formatCount(step.losses),
      struckText(step.faults),
    ]),
  };
}

function struckText(faults: readonly StepFault[]): string {
  return faults.length === 0 ? '–' : `${faults.filter(({ struck }) => struck).length} of ${faults.length}`;
}

function openSteps({ steps }: DrillReport): Block[] {
  return steps
    .filter(({ verdict }) => verdict !== 'ok')
    .map(({ number, name, verdict, reason = '' }): Block => ({
      kind: 'prose',
      text: [{ status: verdict, text: `${number} ${name}` }, `: ${reason}`],
    }));
}

function faultTable({ steps }: DrillReport): TableBlock {
  return {
    kind: 'table',
    head: ['step', 'fault', 'at', 'evidence'],
    rows: steps.flatMap((step) =>
      step.faults.map(({ name, point = '–', struck, text }) => [
        `${step.number} ${step.name}`,
        name,
        point,
        struck ? text : `did not strike: ${text}`,
      ]),
    ),
  };
}

function ruleBlocks({ judgement }: DrillReport): Block[] {
  const checks: Block = {
    kind: 'checks',
    noun: 'rule',
    targets: ['drill'],
    rows: judgement.rules.map(({ rule, verdict, detail }) => ({
      id: rule,
      text: RULE_TEXTS[rule],
      note: detail,
      results: [{ status: verdict }],
    })),
  };
  return [{ kind: 'prose', text: judgement.reason }, checks, ...judgement.rules.flatMap(findingBlocks)];
}

function findingBlocks({ findings }: RuleResult): Block[] {
  return findings.flatMap(({ summary, lanes }): Block[] => [
    { kind: 'prose', tone: 'lead', text: summary },
    { kind: 'lanes', lanes, about: summary },
  ]);
}

/** The step, in one line. */
export function stepText({ number, name, settles, withdraws }: StepResult): string {
  return `${number} ${name}: ${settles} settles, ${withdraws} withdrawals`;
}
