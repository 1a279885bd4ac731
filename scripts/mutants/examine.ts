/** Examines mutants and equivalents, a few at once, and prints each as it is decided. */
import { inWords } from '../../scenarios/inWords.ts';
import { randomBytes } from 'node:crypto';
import { BASES_IN_MEMORY, MUTANT_BASES, type MutantBase } from '../../adapters/mutants/mutant.ts';
import { EQUIVALENTS, MUTANTS } from '../../adapters/mutants/index.ts';
import { parseWhere } from '../../adapters/provision/where.ts';
import type { MutationReport } from '../../reports/mutation/model.ts';
import { drawBlocks } from '../../reports/document/terminal/draw.ts';
import { commandLine } from '../../reports/words/commandLine.ts';
import { specimenBlocks } from '../../reports/mutation/document.ts';
import { START_BOUND_MS } from '../../scenarios/host/index.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { examine, type Specimen, type SpecimenResult } from '../../suites/mutation/mutation.ts';
import { needsOwnServer } from './ownServer.ts';
import { serverPart } from '../options/repeat.ts';
import { variantTarget } from '../targets/targets.ts';
import { unlessStopped } from '../session/unlessStopped.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** How many are examined at once: most of them wait for processes to start. */
const ABREAST = 2;

export interface MutationFlags {
  readonly only?: readonly string[];
  readonly base?: MutantBase;
  readonly runs: number;
  readonly seeds: readonly number[];
  readonly processes: number;
  /** Seconds for the programs of one clause. */
  readonly budget: number;
  readonly everyClause: boolean;
  readonly underFaults: boolean;
  readonly shrink: boolean;
  readonly pg: string;
  readonly allowFaultsOnServer: boolean;
}

/** A specimen, and whether it needs a server of its own. */
interface Planned extends Specimen {
  readonly base: MutantBase;
  readonly isAlone: boolean;
}

export interface ExaminationContext {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly results: Map<Specimen, SpecimenResult>;
  /** Whether results are printed as they come. */
  readonly prints: boolean;
}

/** The specimens that `only` (names, clauses, groups of clauses) and `base` leave. Errors: USAGE. */
export function specimensOf({ only, base }: Pick<MutationFlags, 'only' | 'base'>): Planned[] {
  const all = [
    ...MUTANTS.map((one) => ({ ...one, kind: 'mutant' as const, about: one.origin })),
    ...EQUIVALENTS.map((one) => ({ ...one, kind: 'equivalent' as const, about: one.reason, clauses: [] })),
  ];
  const isMeant = (word: string, { name, clauses }: { name: string; clauses: readonly string[] }): boolean =>
    name === word ||
    clauses.some((id) => id === word.toUpperCase() || id.startsWith(`${word.toUpperCase()}-`));
  const unknown = only?.find((word) => !all.some((one) => isMeant(word, one)));
  if (unknown !== undefined) {
    throw new LockstepError(
      'USAGE',
      `--only ${unknown}: expected names of mutants and equivalents, or clauses and groups that have mutants. ${similar(
        unknown,
        all.map(({ name }) => name),
      )}`,
    );
  }
  return all
    .filter((one) => only === undefined || only.some((word) => isMeant(word, one)))
    .flatMap((one) => {
      const { kind, name, about, clauses, bases } = one;
      const isAlone = needsOwnServer(one);
      const chosen = MUTANT_BASES.filter((on) => bases.includes(on) && (base ?? on) === on);
      return chosen.map((on) => ({
        kind,
        name,
        base: on,
        about,
        clauses,
        isAlone,
        target: variantTarget(name, on),
      }));
    });
}

/** Which names share a word with `word`. Hundreds of names would help nobody. */
function similar(word: string, names: readonly string[]): string {
  const parts = word.split('-');
  const near = names.filter((name) => name.split('-').some((part) => parts.includes(part)));
  return near.length === 0
    ? `None of the ${names.length} names is similar: docs/measured/kill-matrix.md lists the mutants by clause.`
    : `Similar names: ${near.join(', ')}.`;
}

/** Examines all of them, and adds each to `results`; those that an interruption kept from being examined are left out. */
export async function examineAll(
  specimens: readonly Planned[],
  flags: MutationFlags,
  { terminal, signal, results, prints }: ExaminationContext,
): Promise<void> {
  using progress = terminal.progress('mutants', specimens.length);
  progress.phase({ what: 'starting PostgreSQL for all of them', atMostMs: START_BOUND_MS });
  await using server = specimens.some((one) => !BASES_IN_MEMORY.includes(one.base) && !one.isAlone)
    ? await serverOf(flags.pg)
    : undefined;
  const options = {
    runs: flags.runs,
    seeds: flags.seeds,
    processes: flags.processes,
    everyClause: flags.everyClause,
    underFaults: flags.underFaults,
    shrink: flags.shrink,
    budgetMs: flags.budget * 1000,
    pg: server?.url ?? flags.pg,
    // One that was started here is nobody else's.
    allowFaultsOnServer: server !== undefined || flags.allowFaultsOnServer,
    signal,
    now: () => performance.now(),
    onNote: (note: string) => terminal.error(`! ${note}`),
    runId: () => randomBytes(3).toString('hex'),
  };
  const underWay = new Set<string>();
  const waiting = [...specimens];
  const work = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined && !signal.aborted; one = waiting.shift()) {
      underWay.add(one.target.spec);
      progress.phase({ what: `examining ${inWords([...underWay])}`, goesOn: true });
      const result = await unlessStopped(examine(one, one.isAlone ? { ...options, pg: flags.pg } : options));
      underWay.delete(one.target.spec);
      // What was cut short decides nothing.
      if (result === undefined || signal.aborted) return;
      results.set(one, result);
      if (prints) progress.print(drawBlocks(specimenBlocks(result, flags.processes), terminal.style));
      progress.update(results.size, 'examined');
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, work));
}

/** One server for all: each certification would start its own. */
async function serverOf(pg: string): Promise<(AsyncDisposable & { readonly url: string }) | undefined> {
  const where = parseWhere(pg);
  if (where === undefined || where.kind === 'url') return undefined;
  const { startServerAt } = await import('../../adapters/provision/startServer.ts');
  const server = await startServerAt(where);
  return { url: server.url, [Symbol.asyncDispose]: () => server.stop() };
}

/** The command that repeats the whole. */
export function repeatMutants(flags: MutationFlags): MutationReport['repeat'] {
  const { only, base, everyClause, underFaults, shrink, runs, processes, seeds } = flags;
  return commandLine(
    'mutants',
    [],
    {
      only,
      base,
      'every-clause': everyClause,
      'under-faults': underFaults,
      'no-shrink': !shrink,
      runs,
      processes,
      seeds: seeds.length,
      seed: seeds[0],
    },
    serverPart(flags),
  );
}
