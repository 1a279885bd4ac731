import { commandLine } from '../../reports/words/commandLine.ts';
import { DEFAULT_BUDGET_S } from '../../suites/defaults.ts';
import { certifyTargets } from '../certify/recordTargets.ts';
import { loadTarget, type LoadFlags } from '../load/recordLoads.ts';
import type { CommandContext } from '../context.ts';
import { randomSeed } from '../options/options.ts';
import { serverPart } from '../options/repeat.ts';
import type { ReporterName } from '../session/reporters.ts';
import { openSession } from '../session/session.ts';
import { resolveTarget } from '../targets/targets.ts';
import { unlessStopped } from '../session/unlessStopped.ts';

/** Few, because a tour is short. The examples of each clause run anyway and make every situation occur. */
const RUNS = 5;
const PROCESSES = 2;
/**
 * Several times what the minimums of the mix require, however slow the machine is. Comparable figures need longer
 * loads.
 */
const OPERATIONS = 5_000;

export interface StartFlags {
  readonly seed?: number;
  readonly out?: string;
  readonly pg: string;
  readonly reporter?: readonly ReporterName[];
}

export async function start(context: CommandContext, flags: StartFlags): Promise<void> {
  const seed = flags.seed ?? randomSeed();
  const { terminal, cwd } = context;
  const memory = await resolveTarget('memory', cwd);
  const postgres = await resolveTarget('postgres', cwd);
  await using session = openSession(context, {
    command: 'start',
    repeat: commandLine('start', [], { seed }, serverPart(flags)),
    target: 'start',
    seed,
    ...flags,
  });
  const certification = {
    runs: RUNS,
    seed,
    processes: PROCESSES,
    budget: DEFAULT_BUDGET_S,
    inProcess: false,
    pg: flags.pg,
  };
  const load: LoadFlags = {
    mix: 'settle-withdraw-race',
    drivers: 1,
    connections: 16,
    operations: OPERATIONS,
    seed,
    pg: flags.pg,
  };
  const say = (text: string): void => {
    if (session.prints) terminal.out(text);
  };
  say('1. Certify both reference adapters: one numbered contract, generated programs.');
  await certifyTargets(session, [memory, postgres], certification);
  say(
    `\n2. Drive settle and withdraw through both, and judge the evidence: memory in one process, PostgreSQL in ${PROCESSES}.`,
  );
  for (const target of [memory, postgres])
    if (!session.signal.aborted) await unlessStopped(loadTarget(session, target, load, false));
  say(
    `\n3. The negative control: the memory adapter in ${PROCESSES} processes, each with a lock of its own, must be caught.`,
  );
  const control = { ...load, processes: PROCESSES };
  if (!session.signal.aborted) await unlessStopped(loadTarget(session, memory, control, true));
  context.done(session.finish());
}
