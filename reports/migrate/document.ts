/** A move as blocks: its plan, its state, and the steps that were taken. */
import type { ClauseStatus } from '../../suites/result.ts';
import type { Block, ProseBlock, ReportDocument, TableBlock, VerdictBlock } from '../document/model.ts';
import { formatCount, formatMs } from '../words/format.ts';
import type { GateReport, MigrateReport, MoveState, PlanEntry, TakenStep } from './model.ts';
import { figuresText, migrateHeadline } from './words.ts';

export function migrateVerdict(
  report: MigrateReport,
): Pick<ReportDocument, 'status' | 'headline' | 'repeat'> {
  const { exitStatus, repeat } = report;
  const status = exitStatus === 0 ? 'ok' : exitStatus === 4 ? 'violated' : 'inconclusive';
  return { status, headline: migrateHeadline(report), repeat };
}

export function migrateBlocks({ old, new: other, plan = [], state, taken, asked }: MigrateReport): Block[] {
  return [
    {
      kind: 'prose',
      text: [
        { quiet: 'from ' },
        `${old.target} (${old.namespace})`,
        { quiet: ' to ' },
        `${other.target} (${other.namespace})`,
      ],
    },
    ...plan.flatMap(planBlocks),
    ...taken.map(takenBlock),
    ...(state === undefined || asked !== 'status' ? [] : stateBlocks(state)),
  ];
}

/** Which steps can be undone, and which cannot. */
const NO_WAY_BACK: ProseBlock = {
  kind: 'prose',
  tone: 'notice',
  text: 'Everything up to here can be rolled back with --rollback. After finish, nothing can.',
};

const STATE_STATUS: Readonly<Record<PlanEntry['state'], ClauseStatus>> = {
  done: 'ok',
  next: 'unverified',
  later: 'not-run',
};

function planBlocks(entry: PlanEntry): Block[] {
  const { step, state, does, risks, back, needs, gates } = entry;
  const block: VerdictBlock = {
    kind: 'verdict',
    status: STATE_STATUS[state],
    name: step,
    says: state,
    more: [
      {
        kind: 'facts',
        rows: [
          ['does', does],
          ['puts at risk', risks],
          ['way back', back],
          ['gates', needs.join(', ')],
        ],
      },
      ...gates.map(gateBlock),
    ],
  };
  return step === 'finish' ? [NO_WAY_BACK, block] : [block];
}

function gateBlock({ gate, passed, says, todo }: GateReport): Block {
  const said = todo === undefined ? `: ${says}` : `: ${says}. ${todo}`;
  return { kind: 'prose', text: [{ status: passed ? 'ok' : 'violated', text: `gate ${gate}` }, said] };
}

const OUTCOME_STATUS: Readonly<Record<TakenStep['outcome'], ClauseStatus>> = {
  done: 'ok',
  unneeded: 'skipped',
  refused: 'violated',
  stopped: 'inconclusive',
};

export function takenBlock({ step, isUndo, outcome, durationMs, gates, figures, found }: TakenStep): Block {
  const figured = figuresText(figures);
  return {
    kind: 'verdict',
    status: OUTCOME_STATUS[outcome],
    name: isUndo ? `${step} rolled back` : step,
    says: outcome === 'unneeded' ? 'done already' : outcome,
    beside: [formatMs(durationMs), ...(figured === '' ? [] : [figured])].join(', '),
    more: [
      ...gates.map(gateBlock),
      ...found.slice(0, MAX_FOUND).map((text): Block => ({ kind: 'prose', text })),
      ...(found.length > MAX_FOUND
        ? [
            {
              kind: 'prose',
              tone: 'quiet',
              text: `And ${formatCount(found.length - MAX_FOUND)} more; --json has them.`,
            } as const,
          ]
        : []),
    ],
  };
}

/** The most differences to print. */
const MAX_FOUND = 20;

function stateBlocks(state: MoveState): Block[] {
  const { lastDone, next, undoable, decides, epoch, order, operator, owed, suspended } = state;
  const { comparison, rehearsal, instances } = state;
  const reads =
    order === null
      ? 'the old side'
      : Object.entries(order.reads)
          .map(([surface, percent]) => `${surface} ${percent} %`)
          .join(', ');
  return [
    {
      kind: 'facts',
      rows: [
        ['last step done', lastDone ?? 'none'],
        ['next', next ?? 'nothing: the move is over'],
        ['--rollback', undoable === null ? 'rolls nothing back' : `rolls back ${undoable}`],
        ['decides', `${decides === null ? 'neither side' : `the ${decides} side`}, epoch ${epoch}`],
        ['stage', order === null ? 'no order yet' : `${order.stage}, order ${order.version}`],
        ['reads on new', reads],
        ['owed', `${formatCount(owed.count)}, the oldest for ${formatMs(owed.oldestMs)}`],
        ['suspended reads', suspended.length === 0 ? 'none' : suspended.join(', ')],
        ['comparison', measuredText(comparison)],
        ['rehearsal', measuredText(rehearsal)],
        ['operator', operator === null ? 'none at work' : `${operator.owner}, since ${operator.since}`],
      ],
    },
    ...owed.first.map(({ kind, id, reason }): Block => ({
      kind: 'prose',
      text: [
        {
          status: 'inconclusive',
          text: `${kind} ${id === undefined ? 'of some worker' : JSON.stringify(id)} is owed`,
        },
        reason === undefined ? '' : `: ${reason}`,
      ],
    })),
    ...(instances.length === 0 ? [] : [instanceTable(state)]),
  ];
}

function measuredText(measured: MoveState['comparison']): string {
  return measured === null ? 'none' : `${figuresText(measured.figures)}; ${measured.at}`;
}

function instanceTable({ instances, order }: MoveState): TableBlock {
  return {
    kind: 'table',
    caption: 'Instances that have registered',
    head: ['instance', 'lockstep', 'stage', 'order', 'epoch', 'oldest section'],
    numbersFrom: 3,
    rows: instances.map(({ id, lockstep, stage, control, epoch, oldestSectionMs }) => [
      id,
      lockstep,
      stage,
      `${control}${control < (order?.version ?? 0) ? ' (late)' : ''}`,
      String(epoch),
      oldestSectionMs === 0 ? '–' : formatMs(oldestSectionMs),
    ]),
  };
}
