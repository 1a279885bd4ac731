import {
  createOperator,
  type MoveOperator,
  type StepProgress,
} from '../../adapters/migration/operator/index.ts';
import type { StepName } from '../../adapters/contract/migration/moveSteps.ts';
import { commandLine } from '../../reports/words/commandLine.ts';
import { drawBlocks, drawVerdict } from '../../reports/document/terminal/draw.ts';
import { formatCount, formatMs } from '../../reports/words/format.ts';
import { renderJson } from '../../reports/renderers/json.ts';
import { migrateBlocks, migrateVerdict } from '../../reports/migrate/document.ts';
import {
  MIGRATE_VERSION,
  migrateStatus,
  type MigrateReport,
  type MigrateTask,
  type TakenStep,
} from '../../reports/migrate/model.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import type { CommandContext } from '../context.ts';
import { listenForInterrupt } from '../session/interrupt.ts';
import { planOf, stateOf, takenOf, undoneOf } from '../migrate/reported.ts';
import { openMove } from '../migrate/moving.ts';
import { timeText } from '../options/options.ts';
import { lockstepVersion } from '../paths.ts';
import type { Progress } from '../terminal/progress.ts';
import { pgPart } from '../options/repeat.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface MigrateFlags {
  /** The namespaces of the old and the new side. */
  readonly namespace?: readonly [string, string];
  readonly plan?: true;
  readonly status?: true;
  readonly step?: StepName;
  readonly rollback?: StepName | true;
  readonly finish?: true;
  readonly now?: true;
  readonly instances: number;
  /** In seconds. */
  readonly drain: number;
  readonly hold: number;
  readonly longestSection: number;
  readonly pg: string;
  readonly json?: boolean;
}

type Known = Pick<MigrateReport, 'taken'> & Partial<Pick<MigrateReport, 'plan' | 'state'>>;

/** Returns the exit status. */
export async function migrate(
  context: CommandContext,
  specs: readonly [string, string],
  flags: MigrateFlags,
): Promise<number> {
  const { terminal, cwd } = context;
  if (flags.now === true && flags.finish !== true)
    throw new LockstepError(
      'USAGE',
      '--now: expected --finish with it. Other steps do not wait for lifetimes.',
    );
  const { namespace } = flags;
  if (namespace === undefined)
    throw new LockstepError(
      'USAGE',
      "--namespace: expected the application's names for its storages (for postgres, the schemas), as OLD,NEW or as one name for both, got none.",
    );
  const started = new Date();
  const taken: TakenStep[] = [];
  let known: Known = { taken };
  const finish = (): number => {
    const isPartial = interruption.ended !== undefined;
    const report = reportOf({ specs, namespace, flags, started, known, isPartial });
    if (flags.json === true) terminal.out(renderJson(report).trimEnd());
    else tell(terminal, report);
    return report.exitStatus;
  };
  using interruption = listenForInterrupt({ terminal, giveUp: finish });
  using progress = stepProgress(terminal);
  progress.phase('opening both storages');
  await using adapter = await openMove(specs, { cwd, pg: flags.pg, namespaces: namespace });
  const operator = createOperator(adapter, {
    // The operator's own instance registers as well.
    instances: flags.instances + 1,
    sectionMs: flags.longestSection * 1000,
    drainMs: flags.drain * 1000,
    holdMs: flags.hold * 1000,
    ...(flags.now === true ? { despiteLifetimes: true } : {}),
    signal: interruption.signal,
    onProgress: progress.show,
  });
  for await (const steps of taskSteps(operator, flags, interruption.signal)) taken.push(...steps);
  const plan = flags.plan === true ? { plan: planOf(await operator.plan()) } : {};
  known = { taken, ...plan, state: stateOf(await operator.status()) };
  progress[Symbol.dispose]();
  return finish();
}

function taskOf(flags: MigrateFlags): MigrateTask {
  if (flags.plan === true) return 'plan';
  if (flags.status === true) return 'status';
  if (flags.step !== undefined) return 'step';
  if (flags.rollback !== undefined) return 'rollback';
  return flags.finish === true ? 'finish' : 'next';
}

/** Carries out the requested task. Yields the steps that were taken, one after another. */
async function* taskSteps(
  operator: MoveOperator,
  flags: MigrateFlags,
  signal: AbortSignal,
): AsyncGenerator<readonly TakenStep[]> {
  const task = taskOf(flags);
  if (task === 'step') yield [takenOf(await operator.step(flags.step as StepName))];
  if (task === 'finish') yield [takenOf(await operator.finish())];
  if (task === 'rollback') {
    const { rollback } = flags;
    yield undoneOf(await operator.rollback(rollback === true ? undefined : rollback));
  }
  if (task !== 'next') return;
  for (;;) {
    const { next } = await operator.status();
    if (next === undefined || next === 'finish' || signal.aborted) return;
    const result = await operator.step(next);
    yield [takenOf(result)];
    if (result.outcome !== 'done') return;
  }
}

interface Made {
  readonly specs: readonly [string, string];
  readonly namespace: readonly [string, string];
  readonly flags: MigrateFlags;
  readonly started: Date;
  readonly known: Known;
  readonly isPartial: boolean;
}

function reportOf({ specs, namespace, flags, started, known, isPartial }: Made): MigrateReport {
  return {
    schemaVersion: MIGRATE_VERSION,
    kind: 'migrate',
    lockstepVersion: lockstepVersion(),
    startedAt: started.toISOString(),
    durationMs: Date.now() - started.getTime(),
    repeat: repeatOf(specs, flags),
    old: { target: specs[0], namespace: namespace[0] },
    new: { target: specs[1], namespace: namespace[1] },
    asked: taskOf(flags),
    partial: isPartial,
    ...known,
    exitStatus: migrateStatus(known.taken, isPartial),
  };
}

function repeatOf(specs: readonly [string, string], flags: MigrateFlags): string {
  const { namespace, plan, status, step, rollback, finish, now, instances } = flags;
  const { drain, hold, longestSection } = flags;
  return commandLine(
    'migrate',
    specs,
    {
      namespace,
      plan,
      status,
      step,
      rollback,
      finish,
      now,
      instances: instances === 1 ? undefined : instances,
      drain: drain === 5 ? undefined : timeText(drain),
      hold: hold === 10 ? undefined : timeText(hold),
      'longest-section': longestSection === 30 ? undefined : timeText(longestSection),
    },
    pgPart(flags.pg),
  );
}

function tell(terminal: Terminal, report: MigrateReport): void {
  terminal.out(drawBlocks(migrateBlocks(report), terminal.style));
  terminal.out(`\n${drawVerdict(migrateVerdict(report), terminal.style)}`);
}

interface StepProgressLine extends Disposable {
  phase(what: string): void;
  readonly show: (progress: StepProgress) => void;
}

/** Reports each step on one line, with a bar if its size is known. */
function stepProgress(terminal: Terminal): StepProgressLine {
  let line: Progress = terminal.progress('migrate');
  let shown = '';
  const change = (name: string, total: number | undefined): void => {
    if (shown === `${name} ${total}`) return;
    shown = `${name} ${total}`;
    line[Symbol.dispose]();
    line = terminal.progress(name, total);
  };
  return {
    phase: (what) => line.phase({ what }),
    show: ({ step, what, done, total, perSecond, leftMs }) => {
      change(step, total);
      const rate = perSecond === undefined ? '' : `, ${formatCount(perSecond)} per second`;
      line.update(done, `${what}${rate}`, leftMs === undefined ? undefined : formatMs(leftMs));
    },
    [Symbol.dispose]: () => line[Symbol.dispose](),
  };
}
