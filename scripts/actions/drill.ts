/** `lockstep migrate SOURCE TARGET --drill`: the whole move under load and faults, judged. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defined } from '../../adapters/contract/defined.ts';
import { commandLine } from '../../reports/words/commandLine.ts';
import { drillSummary, drillVerdict } from '../../reports/drill/document.ts';
import { drillStatus, type DrillReport } from '../../reports/drill/model.ts';
import { recordedDrill } from '../../reports/drill/recorded.ts';
import { drawBlocks, drawVerdict } from '../../reports/document/terminal/draw.ts';
import { EVIDENCE_FOLDER, openRunFolder } from '../../reports/folder/runFolder.ts';
import { runDrill } from '../../scenarios/drill/drill.ts';
import { STEPS_FILE } from '../../scenarios/evidence/files.ts';
import type { DrillOptions } from '../../scenarios/drill/options.ts';
import { runStopped } from '../../scenarios/orStopped.ts';
import { judgeDrill } from '../../suites/drill/judgeDrill.ts';
import type { CommandContext } from '../context.ts';
import { listenForInterrupt } from '../session/interrupt.ts';
import { tellLeftBehind } from '../session/leftBehind.ts';
import { randomSeed } from '../options/options.ts';
import { distUrl, lockstepVersion } from '../paths.ts';
import { publish } from '../session/publish.ts';
import { serverPart } from '../options/repeat.ts';
import type { Progress } from '../terminal/progress.ts';
import type { ReporterName } from '../session/reporters.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { resolveTarget } from '../targets/targets.ts';
import { unlessStopped } from '../session/unlessStopped.ts';

export interface DrillFlags {
  readonly pg: string;
  readonly seed?: number;
  /** The shortest duration of a step, in seconds. */
  readonly duration?: number;
  /** How long a side is in trouble, in seconds. */
  readonly trouble?: number;
  /** How often each hand-over step moves the authority: an odd number. */
  readonly handOvers?: number;
  /** The time limit for the whole drill, in seconds. */
  readonly timeout?: number;
  readonly out?: string;
  readonly reporter?: readonly ReporterName[];
}

/** The place of the evidence in the result's folder. */
const EVIDENCE = join(EVIDENCE_FOLDER, '1-drill');
/** The place below dist/ of the module that makes one target of two. */
const MOVE = 'adapters/migration/define.js';

/** Returns the exit status. Rejects like runDrill. */
export async function drill(
  context: CommandContext,
  [from, to]: readonly [source: string, target: string],
  flags: DrillFlags,
): Promise<number> {
  const { terminal, cwd } = context;
  const { pg, seed = randomSeed(), timeout, reporter: reporters = ['terminal'] } = flags;
  const source = await resolveTarget(from, cwd);
  const target = await resolveTarget(to, cwd);
  const startedAt = new Date();
  using folder = openRunFolder({
    cwd,
    time: startedAt,
    target: `migrate ${from} ${to}`,
    ...defined({ out: flags.out }),
  });
  const evidence = join(folder.dir, EVIDENCE);
  using interruption = listenForInterrupt({ terminal, timeout, giveUp: () => INTERRUPTED_STATUS });
  using progress = terminal.progress(`drill ${from} → ${to}`);
  const { signal } = interruption;
  const move = { spec: `${from}-to-${to}`, url: distUrl(MOVE) };
  await unlessStopped(
    runDrill({
      source,
      target,
      move,
      pg,
      seed,
      out: evidence,
      signal,
      ...lengths(flags),
      ...told(terminal, progress),
    }),
  );
  if (!existsSync(join(evidence, STEPS_FILE))) throw runStopped();
  progress.phase({ what: 'judging the drill' });
  const { header, ...judged } = await judgeDrill(evidence);
  const report: DrillReport = {
    schemaVersion: 1,
    kind: 'drill',
    lockstepVersion: lockstepVersion(),
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    repeat: commandLine(
      'migrate',
      [from, to],
      { drill: true, seed, ...lengthsGiven(flags) },
      serverPart({ pg }),
    ),
    seed,
    partial: interruption.ended !== undefined,
    services: header.services,
    evidence: EVIDENCE,
    ...judged,
    source: from,
    target: to,
  };
  tellLeftBehind(terminal);
  const { style } = terminal;
  const closing = `${drawBlocks(drillSummary(report), style)}\n\n${drawVerdict(drillVerdict(report), style)}`;
  publish(context, { dir: folder.dir, recorded: recordedDrill(report), reporters, closing });
  return drillStatus(report);
}

function lengthsGiven({ duration, trouble, handOvers }: DrillFlags): Record<string, number | undefined> {
  return { duration, trouble, 'hand-overs': handOvers };
}

function lengths({
  duration,
  trouble,
  handOvers,
}: DrillFlags): Pick<DrillOptions, 'stepMs' | 'troubleMs' | 'handOvers'> {
  return {
    ...(duration === undefined ? {} : { stepMs: duration * 1000 }),
    ...(trouble === undefined ? {} : { troubleMs: trouble * 1000 }),
    ...defined({ handOvers }),
  };
}

/** Reports the progress to the waiting user. */
function told(
  terminal: Terminal,
  progress: Progress,
): Pick<DrillOptions, 'onNote' | 'onPhase' | 'onStep' | 'onProgress'> {
  let step = 'starting';
  return {
    onNote: (note) => terminal.error(`! ${note}`),
    onPhase: (phase) => progress.phase(phase),
    onStep: ({ number, of, name }) => (step = `step ${number} of ${of}, ${name}`),
    onProgress: ({ operations, perSecond }) =>
      progress.update(operations, `operations, ${Math.round(perSecond)}/s; ${step}`),
  };
}

/** The exit status of a drill that had to be ended by force: nothing can be concluded from it. */
const INTERRUPTED_STATUS = 3;
