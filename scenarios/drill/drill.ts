/** Runs one drill: a move under load, from the start of both storages to evidence on disk. */
import { defined } from '../../adapters/contract/defined.ts';
import { runLoad, type LoadOutcome } from '../load/run/run.ts';
import { SHARED_BY, type LoadOptions } from '../load/run/options.ts';
import { DrillCourse } from './course.ts';
import { requireDrill, type DrillOptions } from './options.ts';

const CONNECTIONS = 12;
/** Requests per second. The rate is low, because the drill tests the move and not the machine. */
const RATE = 40;
/** The longest that a drill takes, in milliseconds. */
const LONGEST_MS = 3_600_000;

/** Leaves its evidence in `out`. Rejects as runLoad does. */
export async function runDrill(options: DrillOptions): Promise<LoadOutcome> {
  requireDrill(options);
  const { source, target, move, pg, seed, out, signal, onProgress, onNote, onPhase } = options;
  const load: LoadOptions = {
    target: { ...move, move: { old: source, new: target, stage: 'before' } },
    pg,
    mix: 'everything',
    drivers: 1,
    connections: CONNECTIONS,
    rate: RATE,
    durationMs: LONGEST_MS,
    seed,
    out,
    ...defined({ signal, onProgress, onNote, onPhase }),
  };
  return await runLoad(load, new DrillCourse(options, SHARED_BY));
}
