/** Creates lines of a history from recorded runs. */
import type { CompareReport } from '../../reports/compare/model.ts';
import type { LoadResult, RunEnvironment, RunResult } from '../../reports/model.ts';
import type { Json } from '../../adapters/contract/index.ts';
import { defined } from '../../adapters/contract/defined.ts';
import { figuresOf } from '../../suites/figures/metrics.ts';
import { medianOf } from '../../scenarios/median.ts';
import { HISTORY_VERSION, type RecordedRun } from '../../suites/figures/history.ts';
import type { Canaries } from './canary.ts';

/** Facts that only the command knew that made the run. */
export interface Beside {
  readonly canary?: Canaries;
  /** Returns the commit of a target, by the name that the user gave. */
  readonly commitOf?: (spec: string) => RecordedRun['commit'];
  /** The length of a load: `{ operations: 2000 }`. */
  readonly length?: Readonly<Record<string, string | number>>;
}

/** One line per load. Negative controls get none, because they are meant to be violated. */
export function entriesOfRun(run: RunResult, beside: Beside = {}): RecordedRun[] {
  return run.loads
    .filter(({ negativeControl }) => !negativeControl)
    .map((load) => ({
      ...entryOf(run, load, { ...settingsOf(load), ...beside.length }, beside),
      verdict: load.judgement.verdict,
      figures: figuresOf(load),
    }));
}

/**
 * One line per target, with the medians of its rounds. None for recorded runs, which have their own lines. If a target
 * is compared with an earlier state, only its current state gets a line.
 */
export function entriesOfComparison(report: CompareReport, beside: Beside = {}): RecordedRun[] {
  if (report.pairing === 'unpaired') return [];
  const { operations = 0 } = report.settings;
  return report.sides.flatMap(({ spec, commit, counts }, side) => {
    if (report.sides.slice(side + 1).some((later) => later.spec === spec)) return [];
    const loads = report.rounds.flatMap(({ runs }) =>
      runs.filter((run) => run.side === side && !run.isAgain).map(({ load }) => load),
    );
    const [first] = loads;
    if (first === undefined) return [];
    const settings = { ...settingsOf(first), operations, rounds: report.settings.rounds };
    const verdicts = loads.map(({ judgement }) => judgement.verdict);
    return [
      {
        ...entryOf(report, first, settings, beside),
        ...defined({ commit }),
        verdict: verdicts.find((verdict) => verdict !== 'ok') ?? 'ok',
        figures: medians(loads.map((load) => figuresOf({ ...load, ...defined({ counts }) }))),
      },
    ];
  });
}

function entryOf(
  {
    startedAt,
    lockstepVersion,
    environment,
  }: Pick<RunResult, 'startedAt' | 'lockstepVersion' | 'environment'>,
  load: LoadResult,
  settings: RecordedRun['settings'],
  { canary, commitOf }: Beside,
): Omit<RecordedRun, 'verdict' | 'figures'> {
  const commit = commitOf?.(load.target.spec);
  return {
    schemaVersion: HISTORY_VERSION,
    at: startedAt,
    target: load.target.spec,
    ...defined({ commit }),
    lockstepVersion,
    machine: machineOf(environment),
    settings,
    ...defined({ canary: canary && { ...canary } }),
  };
}

function machineOf({ cpu, cores, memoryBytes, os, node }: RunEnvironment): RecordedRun['machine'] {
  return { cpu, cores, memoryBytes, os, node };
}

function settingsOf(load: LoadResult): Record<string, string | number> {
  const { mix, workload, services, drivers, connections, loop, warmupMs } = load;
  return {
    mix,
    workload,
    processes: services,
    drivers,
    connections,
    ...defined({ loop: loop?.kind }),
    ...(loop?.kind === 'open' ? { ratePerSecond: loop.ratePerSecond } : {}),
    ...(warmupMs === undefined ? {} : { warmupMs: Math.round(warmupMs) }),
    ...storageOf(load.target.storage),
  };
}

/**
 * The texts in a target's description of its storage, such as its version. Numbers may be ports, which differ each
 * time.
 */
function storageOf(storage: Json): Record<string, string> {
  if (typeof storage !== 'object' || storage === null || Array.isArray(storage)) return {};
  return Object.fromEntries(
    Object.entries(storage).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && !entry[1].includes('://'),
    ),
  );
}

function medians(runs: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const names = [...new Set(runs.flatMap((figures) => Object.keys(figures)))];
  return Object.fromEntries(
    names.map((name) => [
      name,
      medianOf(runs.flatMap((figures) => (figures[name] === undefined ? [] : [figures[name]]))),
    ]),
  );
}
