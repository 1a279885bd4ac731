/** What a kill matrix proves about the suites that made a certificate. It only counts for suites of the same build. */
import * as z from '../../adapters/contract/zod.ts';
import { parseJsonText } from '../../scenarios/jsonText.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { FATES } from '../../suites/mutation/mutation.ts';

/** How many seeded bugs were caught, and how many correct adapters passed. */
export interface SuiteProof {
  readonly mutants: number;
  readonly killed: number;
  readonly equivalents: number;
  readonly passed: number;
  /** The number of seeds with which each was examined, and the most programs per clause. */
  readonly seeds: number;
  readonly runs: number;
}

const schema = z.looseObject({
  kind: z.literal('mutants'),
  buildId: z.string(),
  partial: z.boolean(),
  runs: z.int(),
  seeds: z.array(z.number()),
  specimens: z.array(z.looseObject({ kind: z.enum(['mutant', 'equivalent']), fate: z.enum(FATES) })),
});

/** The proof in `text`, which is the `mutants.json` of `lockstep mutants`. Errors: USAGE. */
export function parseProof(text: string, name: string, buildId: string): SuiteProof {
  const wrong = (what: string, cause?: unknown): LockstepError =>
    new LockstepError(
      'USAGE',
      `--proof ${name}: expected a mutants.json that "lockstep mutants" of this same build wrote; ${what}.`,
      { cause },
    );
  const { specimens, partial, seeds, runs, ...made } = parseJsonText(text, schema, wrong);
  if (made.buildId !== buildId)
    throw wrong(`it is of build ${made.buildId}, and this is build ${buildId}. Run "lockstep mutants" again`);
  if (partial) throw wrong('it was interrupted');
  const mutants = specimens.filter(({ kind }) => kind === 'mutant');
  const equivalents = specimens.filter(({ kind }) => kind === 'equivalent');
  return {
    mutants: mutants.length,
    killed: mutants.filter(({ fate }) => fate === 'killed').length,
    equivalents: equivalents.length,
    passed: equivalents.filter(({ fate }) => fate === 'passed').length,
    seeds: seeds.length,
    runs,
  };
}

/** `338 of 338 mutants killed, 25 of 25 equivalents passed, 3 seeds`. */
export function proofText({ mutants, killed, equivalents, passed, seeds }: SuiteProof): string {
  return `${killed} of ${mutants} mutants killed, ${passed} of ${equivalents} equivalents passed, ${seeds} seed${seeds === 1 ? '' : 's'}`;
}
