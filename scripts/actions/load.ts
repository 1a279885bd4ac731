import { defined } from '../../adapters/contract/defined.ts';
import { MIN_STEP_MS } from '../../scenarios/load/run/options.ts';
import { STEPS_PER_LOAD } from '../../scenarios/load/measuring/saturation.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import type { FaultName } from '../../scenarios/faults/catalog.ts';
import { requireFaults, sparedServer } from '../../scenarios/faults/sparing.ts';
import type { TargetReference } from '../../scenarios/host/index.ts';
import { loadTarget, type LoadFlags } from '../load/recordLoads.ts';
import type { CommandContext } from '../context.ts';
import { offeredBy } from '../targets/offered.ts';
import { DEFAULT_AUTO_DURATION_S, DEFAULT_DURATION_S, randomSeed, timeText } from '../options/options.ts';
import type { LoadResult } from '../../reports/model.ts';
import type { RequestCounts } from '../../scenarios/counting/index.ts';
import { isCount } from '../../suites/figures/metrics.ts';
import { countBeside } from '../load/counting.ts';
import { commitOfTarget } from '../git.ts';
import { appendHistory } from '../history/file.ts';
import { entriesOfRun } from '../history/entries.ts';
import { beginHistory } from '../history/keep.ts';
import type { ReporterName } from '../session/reporters.ts';
import { loadLine } from '../options/repeat.ts';
import { openSession, type RunSession } from '../session/session.ts';
import { resolveTarget } from '../targets/targets.ts';
import { thresholdsOf } from '../options/thresholds.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { unlessStopped } from '../session/unlessStopped.ts';

const MIN_AUTO_S = (STEPS_PER_LOAD * MIN_STEP_MS) / 1000;

export interface LoadCommandFlags extends Omit<
  LoadFlags,
  'seed' | 'faults' | 'thresholds' | 'counts' | 'allowFaultsOnServer'
> {
  readonly fault?: readonly FaultName[];
  readonly strikes: number;
  readonly timeout?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly allowFaultsOnServer: boolean;
  readonly reporter?: readonly ReporterName[];
  readonly threshold?: readonly string[];
  /** The path of a folder. */
  readonly history?: string;
}

export async function load(
  context: CommandContext,
  specs: readonly string[],
  flags: LoadCommandFlags,
): Promise<void> {
  if (flags.connections < flags.drivers) {
    throw new LockstepError(
      'USAGE',
      `Expected at least one connection per driver, got --connections ${flags.connections} for --drivers ${flags.drivers}.`,
    );
  }
  const length = lengthOf(flags);
  if (flags.rate === 'auto') requireSteps(flags, length.duration ?? 0);
  if (length.duration !== undefined && (flags.warmup ?? 0) >= length.duration)
    throw new LockstepError(
      'USAGE',
      `Expected a --warmup shorter than the load, which takes ${timeText(length.duration)}, got ${timeText(flags.warmup ?? 0)}. Give a longer --duration.`,
    );
  const thresholds = thresholdsOf(flags.threshold ?? [], 'load');
  const targets = await Promise.all(specs.map((spec) => resolveTarget(spec, context.cwd)));
  await requireAllowed(targets, flags, context.terminal);
  const seed = flags.seed ?? randomSeed();
  const history = await beginHistory(context, flags.history);
  await using session = openSession(context, {
    command: 'load',
    repeat: loadLine({ ...flags, targets: specs, length, faults: faultsOf(flags).faults, seed }),
    target: specs.join(' '),
    seed,
    ...flags,
  });
  const isCounted = history !== undefined || thresholds.some(({ metric }) => isCount(metric));
  for (const target of targets) {
    const loadFlags = { ...flags, ...length, ...faultsOf(flags), thresholds, seed };
    const drive = async (): Promise<LoadResult> => {
      const counts = isCounted ? await countsOf(session, target, flags) : undefined;
      return await loadTarget(session, target, { ...loadFlags, counts }, false);
    };
    if (!session.signal.aborted) await unlessStopped(drive());
  }
  context.done(session.finish());
  if (history !== undefined && !session.signal.aborted)
    appendHistory(
      history.dir,
      entriesOfRun(session.recorder.result, {
        canary: history.canary,
        commitOf: (spec) => commitOfTarget(targets.find((target) => target.spec === spec)),
        length: { ...length, ...defined({ faults: flags.fault?.join(',') }) },
      }),
    );
}

async function countsOf(
  { terminal, signal }: RunSession,
  target: TargetReference,
  { pg }: LoadCommandFlags,
): Promise<readonly RequestCounts[] | undefined> {
  using progress = terminal.progress('count');
  return await countBeside(target, { pg, signal, progress, note: (text) => terminal.error(`! ${text}`) });
}

/**
 * Checked before anything is started or written, so that a server that lockstep did not start is spared. Rejects with
 * USAGE.
 */
async function requireAllowed(
  targets: readonly TargetReference[],
  flags: LoadCommandFlags,
  terminal: Terminal,
): Promise<void> {
  if (flags.fault === undefined || sparedServer(flags) === undefined) return;
  using progress = terminal.progress('load');
  for (const target of targets)
    requireFaults(flags.fault, { spec: target.spec, offered: await offeredBy(target, { progress }) }, flags);
}

/** Throws USAGE for options that do not work with `--rate auto`. */
function requireSteps({ operations, warmup, fault }: LoadCommandFlags, duration: number): void {
  const beside = Object.entries({ operations, warmup, fault }).find(([, value]) => value !== undefined)?.[0];
  if (beside !== undefined)
    throw new LockstepError(
      'USAGE',
      `Expected --rate auto without --${beside}: it searches the rate in steps of its own, after a closed loop as warm-up.`,
    );
  if (duration < MIN_AUTO_S)
    throw new LockstepError(
      'USAGE',
      `Expected a --duration of at least ${timeText(MIN_AUTO_S)} with --rate auto, got ${timeText(duration)}: the search takes ${STEPS_PER_LOAD} steps.`,
    );
}

function lengthOf({ duration, operations, rate }: LoadCommandFlags): {
  duration?: number;
  operations?: number;
} {
  if (operations !== undefined) return { operations };
  return { duration: duration ?? (rate === 'auto' ? DEFAULT_AUTO_DURATION_S : DEFAULT_DURATION_S) };
}

function faultsOf({ fault, strikes }: LoadCommandFlags): Pick<LoadFlags, 'faults'> {
  return defined({ faults: fault && { names: fault, strikes } });
}
