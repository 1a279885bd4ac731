/** Runs a failing program again: in the order that was recorded, and elsewhere, to see what the failure depends on. */
import type { EnvironmentName } from '../../adapters/contract/index.ts';
import type { Decision, ProgramHistory, StepRecord } from '../../scenarios/host/program.ts';
import type { Counterexample, Tally } from '../result.ts';
import type { Input } from './input.ts';
import type { Interleaving } from './lab.ts';
import { SERVICE, type Topology, type TrialRun } from './property.ts';

/** How often the program is run again as it was, and how often in each contrast at least and at most. */
const REPLAYS = 20;
const CONTRAST_RUNS = 10;
const MOST_CONTRAST_RUNS = 60;
/** With a smaller chance a contrast does not hold merely by luck. */
const LUCK = 0.05;
/** How long either may take, in milliseconds: a program that gets stuck takes seconds each time. */
const REPLAY_BUDGET_MS = 6_000;
const CONTRAST_BUDGET_MS = 4_000;

const NEVER: Tally = { failed: 0, of: 0 };

const WHERE: Readonly<Record<Topology, string>> = {
  one: 'on one instance',
  shared: 'on two instances of one process',
  processes: 'across processes',
};
const IN_UTC = 'with every process in UTC';
const ON_SERVICE = 'on the service itself';
const BYTE_ORDER: EnvironmentName = 'c-collation';
const IN_TURN = 'with its actors one after another';

export interface Rerun extends Pick<Input, 'environment' | 'topology' | 'zone'> {
  readonly interleaving: Interleaving;
  /** Decisions to take instead of the interleaving. */
  readonly order?: readonly Decision[];
}

export interface AgainOptions {
  readonly input: Input;
  readonly run: TrialRun<unknown>;
  /** Topologies that the property may run on. */
  readonly topologies: readonly Topology[];
  /** Environments that it was checked in. */
  readonly environments: readonly string[];
  /** Runs the program; resolves to whether it failed. */
  readonly fails: (rerun: Rerun) => Promise<boolean>;
  readonly now: () => number;
}

/** What running a failing program again shows. */
export type Again = Pick<Counterexample, 'reproduced' | 'contrasts' | 'cause'>;

export async function runAgain(options: AgainOptions): Promise<Again> {
  const { input, run, topologies, environments } = options;
  const order = orderOf(run.main);
  const { environment, topology, zone, interleaving } = input;
  const tally = tallyWith(options);
  const same = { environment, topology, zone, interleaving };
  const recorded = await tally({ ...same, order }, REPLAYS, REPLAY_BUDGET_MS);
  // What is too fine for barriers between steps repeats better as it came.
  const isSeldom = interleaving.mode === 'free' && rateOf(recorded) < 0.5;
  const free = isSeldom ? await tally(same, REPLAYS, REPLAY_BUDGET_MS) : NEVER;
  const isExact = !isSeldom || rateOf(recorded) > rateOf(free);
  const reproduced = isExact
    ? { ...recorded, how: 'in the recorded order' as const }
    : { ...free, how: 'running freely' as const };
  const barriers = isExact ? { order } : {};
  const contrast = async (how: string, rerun: Rerun): Promise<void> => {
    contrasts.push({ how, tally: await tally(rerun, contrastRuns(reproduced), CONTRAST_BUDGET_MS) });
  };
  const contrasts: { how: string; tally: Tally }[] = [];
  if (zone !== null) await contrast(IN_UTC, { ...same, zone: null, ...barriers });
  const elsewhere = new Set([SERVICE, ...environments]);
  elsewhere.delete(environment);
  for (const other of elsewhere) {
    await contrast(placeOf(other), { ...same, environment: other, ...barriers });
  }
  const others = topologies.filter((other) => other !== topology);
  for (const other of others) {
    await contrast(WHERE[other], { ...same, topology: other, ...barriers });
  }
  if (run.trial.order === undefined && run.trial.actors.length > 1) {
    await contrast(IN_TURN, { ...same, order: inTurn(run) });
  }
  const cause = reproduced.failed === 0 ? undefined : causeOf(input, reproduced, contrasts);
  return { reproduced, contrasts, ...(cause === undefined ? {} : { cause }) };
}

function placeOf(environment: string): string {
  return environment === SERVICE ? ON_SERVICE : `in the environment "${environment}"`;
}

function tallyWith({ fails, now }: AgainOptions) {
  return async (rerun: Rerun, times: number, budgetMs: number): Promise<Tally> => {
    const until = now() + budgetMs;
    let failed = 0;
    let of = 0;
    while (of < times && (of === 0 || now() < until)) {
      of += 1;
      if (await fails(rerun)) failed += 1;
    }
    return { failed, of };
  };
}

/** The decisions of a scheduled run; for a free one the order in which its steps were called. */
export function orderOf({ order, records }: ProgramHistory): readonly Decision[] {
  if (order.length > 0) return order;
  const called = firsts(records).toSorted((a, b) => a.call - b.call);
  return called.map((record, index) => {
    const next = called[index + 1];
    return {
      actor: record.actor,
      step: record.step,
      blocked: next !== undefined && record.return > next.call,
    };
  });
}

/** Each step once, also when a callback ran again. */
function firsts(records: readonly StepRecord[]): StepRecord[] {
  return records.filter(({ attempt, outcome }) => attempt === 1 && outcome.status !== 'skipped');
}

function inTurn({ trial }: TrialRun<unknown>): Decision[] {
  return trial.actors.flatMap(({ steps }, actor) =>
    steps.map((_, step) => ({ actor, step, blocked: false })),
  );
}

function rateOf({ failed, of }: Tally): number {
  return of === 0 ? 0 : failed / of;
}

/** The chance that a program which failed so often does not fail in `times` more runs: by the rule of succession. */
function luckOf({ failed, of }: Tally, times: number): number {
  return (1 - (failed + 1) / (of + 2)) ** times;
}

/** As many as it takes to tell that the failure is gone. */
function contrastRuns(reproduced: Tally): number {
  let runs = CONTRAST_RUNS;
  if (reproduced.failed === 0) return runs;
  while (runs < MOST_CONTRAST_RUNS && luckOf(reproduced, runs) >= LUCK) runs += 1;
  return runs;
}

/** What the contrasts say, as far as luck cannot have said it. */
function causeOf(
  { environment, topology }: Pick<Input, 'environment' | 'topology'>,
  reproduced: Tally,
  contrasts: readonly { readonly how: string; readonly tally: Tally }[],
): string | undefined {
  const held = (how: string): boolean => {
    const found = contrasts.find((contrast) => contrast.how === how);
    return found !== undefined && found.tally.failed === 0 && luckOf(reproduced, found.tally.of) < LUCK;
  };
  if (held(IN_UTC))
    return 'it held with every process in UTC, and failed with processes in other time zones: it stores or compares local times';
  if (held(ON_SERVICE))
    return `it held on the service itself and failed in the environment "${environment}": it relies on what that environment does not keep`;
  if (held(placeOf(BYTE_ORDER)))
    return 'it held in a database that orders text by its bytes, and failed in one that orders it as dictionaries do: it relies on the collation';
  if (topology === 'processes' && held(WHERE.shared))
    return 'it held in one process and failed across processes: what must be shared lives in the memory of a process';
  if (topology !== 'one' && held(WHERE.one))
    return 'it held on one instance and failed on several: what must be shared lives in the instance';
  if (held(IN_TURN)) return 'it held with its actors one after another: it takes steps of others in between';
  return undefined;
}
