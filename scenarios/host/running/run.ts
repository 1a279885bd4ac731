/** Runs programs on instances in any hosts, with as few requests to the hosts as possible. */
import type { OpenedInstance } from '../process/host.ts';
import { isBroken, type ProgramHistory } from '../language/history.ts';
import type { Program, Schedule } from '../language/program.ts';
import { EMPTY, HostStage, type Act } from './stage.ts';
import { runTogether } from './together.ts';

/**
 * Runs `program` on `instances`, to which its actors refer by index. Resolves to a history whatever the adapter does.
 * Rejects only for bugs of the harness.
 */
export async function runProgram(
  instances: readonly OpenedInstance[],
  program: Program,
  schedule: Schedule,
): Promise<ProgramHistory> {
  const [history = EMPTY] = await runActs(instances, [{ program, schedule }]);
  return history;
}

/**
 * Runs the programs of `acts` one after another, each like `runProgram`. After a broken one the rest are skipped: there
 * is one history per act that was run. Consecutive acts on one host take one request. If an act of several hosts that
 * includes this host comes before or after them, they travel with its requests.
 */
export async function runActs(
  instances: readonly OpenedInstance[],
  acts: readonly Act[],
): Promise<ProgramHistory[]> {
  const stage = new HostStage(instances);
  const played: ProgramHistory[] = [];
  let left = acts.filter(hasActors);
  while (left.length > 0 && !played.some(isBroken)) {
    const histories = await play(stage, left);
    played.push(...histories);
    left = left.slice(histories.length);
  }
  stage.poisonDirty(played);
  return withEmpty(acts, played);
}

/** Plays the first of `acts`, together with those that share its requests. */
function play(stage: HostStage, acts: readonly Act[]): Promise<ProgramHistory[]> {
  const before = leading(stage, acts);
  const [link] = before.flatMap((act) => stage.linksOf(act));
  const [next, ...rest] = acts.slice(before.length);
  if (link !== undefined && (next === undefined || !stage.linksOf(next).includes(link)))
    return stage.playAlone(link, before);
  return runTogether(stage, { before, act: next as Act, after: leading(stage, rest) });
}

/** The first acts, as far as a single host can play them by itself. */
function leading(stage: HostStage, acts: readonly Act[]): Act[] {
  const [link] = acts.flatMap((act) => stage.linksOf(act));
  const end = acts.findIndex((act) => stage.linksOf(act).some((other) => other !== link));
  return end === -1 ? [...acts] : acts.slice(0, end);
}

function hasActors({ program }: Act): boolean {
  return program.actors.length > 0;
}

/** The histories of `acts`. Acts without actors were not played; they get an empty history. */
function withEmpty(acts: readonly Act[], played: readonly ProgramHistory[]): ProgramHistory[] {
  const histories: ProgramHistory[] = [];
  const left = [...played];
  for (const act of acts) {
    const history = hasActors(act) ? left.shift() : EMPTY;
    if (history === undefined) break;
    histories.push(history);
    if (isBroken(history)) break;
  }
  return histories;
}
