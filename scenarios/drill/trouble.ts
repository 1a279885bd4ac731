/** Causes trouble with a whole side for everybody, or kills the operator. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StorageProxy } from '../faults/proxy/proxy.ts';
import type { RunClock } from '../load/service/journal.ts';
import type { Side } from '../load/service/migrating.ts';
import type { Move } from './move.ts';
import {
  isOfStorage,
  otherSide,
  type NetworkTrouble,
  type PlannedStep,
  type StorageTrouble,
  type Trouble,
} from './plan.ts';
import type { HostedSide } from './sides.ts';
import type { TroubleLine } from './stepFile.ts';
import { errorText } from '../errorText.ts';

export interface TroubleOptions {
  readonly sides: Readonly<Record<Side, HostedSide>>;
  readonly move: Move;
  readonly now: RunClock;
  /** How long a side is in trouble at least, in milliseconds. */
  readonly lastsMs: number;
  /**
   * Resolves when so many requests were answered that some must have met the trouble, on any machine. Never rejects.
   */
  readonly untilMet: () => Promise<void>;
  readonly signal: AbortSignal;
}

export interface BegunTrouble {
  /** Resolves when the trouble has begun, or cannot begin. Then the step's action begins. Never rejects. */
  readonly begun: Promise<void>;
  /** Resolves with the record of the trouble once it is over. Never rejects. */
  readonly over: () => Promise<TroubleLine | undefined>;
  /** Called when the operator begins work that may be interrupted. `done` settles when the work ends. */
  readonly onWork: (work: Work, done: Promise<unknown>) => void;
  /** Whether the trouble still waits for such work. */
  readonly isPending: () => boolean;
}

type Work = 'backfill' | 'hand-over';

type Base = Pick<TroubleLine, 'type' | 'name' | 'step'>;

/** Begins the trouble of a step at once. */
export function beginTrouble({ number, trouble }: PlannedStep, options: TroubleOptions): BegunTrouble {
  const idle = { begun: Promise.resolve(), onWork: () => {}, isPending: () => false };
  if (trouble === undefined) return { ...idle, over: async () => undefined };
  const base = { type: 'trouble', name: trouble, step: number } as const;
  if (trouble === 'operator-killed') return { ...idle, ...killOperator(base, options) };
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const lasting = troubleSide(trouble, base, options, begin).finally(begin);
  // A restart takes only a moment, so the step does not wait for it.
  return { ...idle, begun: trouble === 'restarted' ? idle.begun : begun, over: () => lasting };
}

type SideTrouble = Exclude<Trouble, 'operator-killed'>;
/** The delay in each direction, in milliseconds. */
const SLOW_MS = 30;

/** Strikes the side that does not decide. A restart strikes the deciding side. */
async function troubleSide(
  trouble: SideTrouble,
  base: Base,
  { sides, move, now, lastsMs, untilMet, signal }: TroubleOptions,
  onBegun: () => void,
): Promise<TroubleLine> {
  const { decides } = move;
  const side: Side = trouble === 'restarted' ? decides : otherSide(decides);
  const { hosting, proxies } = sides[side];
  try {
    const begun =
      trouble === 'restarted' || isOfStorage(trouble)
        ? await beginInStorage(hosting, trouble, move.namespaceOf(side))
        : beginInNetwork(proxies?.all ?? [], trouble);
    const at = now();
    onBegun();
    if (trouble !== 'restarted')
      await Promise.all([sleep(lastsMs, undefined, { signal }).catch(() => {}), untilMet()]);
    const proof = await begun.end();
    return { ...base, at, until: now(), proof: `the ${side} side: ${proof}` };
  } catch (error) {
    return { ...base, missed: errorText(error) };
  }
}

/** Trouble that lasts. `end` resolves with the proof that it struck, and rejects if nobody met it. */
interface BegunInSide {
  readonly end: () => Promise<string>;
}

async function beginInStorage(
  hosting: HostedSide['hosting'],
  trouble: StorageTrouble | 'restarted',
  namespace: string,
): Promise<BegunInSide> {
  const fault = trouble === 'restarted' ? 'restart-storage' : trouble;
  const proof = await hosting.strike(fault, namespace, 1);
  return {
    end: async () => {
      await hosting.heal();
      return proof;
    },
  };
}

const WORDS: Readonly<Record<NetworkTrouble, string>> = {
  refused: 'connections were refused',
  silent: 'pieces of traffic were held back',
  slow: `pieces of traffic were delayed by ${SLOW_MS} ms each way`,
};

function beginInNetwork(proxies: readonly StorageProxy[], trouble: NetworkTrouble): BegunInSide {
  if (proxies.length === 0) throw new Error('nothing can be placed in front of that side');
  for (const proxy of proxies) begin(proxy, trouble);
  return {
    end: async () => {
      const affected = proxies.reduce((sum, proxy) => sum + proxy.affected, 0);
      for (const proxy of proxies) proxy.heal();
      if (affected === 0) throw new Error('nobody asked that side while it lasted');
      return `${affected} ${WORDS[trouble]}`;
    },
  };
}

function begin(proxy: StorageProxy, trouble: NetworkTrouble): void {
  switch (trouble) {
    case 'refused':
      return proxy.refuse();
    case 'silent':
      return proxy.swallow();
    case 'slow':
      return proxy.delay(SLOW_MS);
    default:
      throw new TypeError(`Unknown trouble: ${JSON.stringify(trouble satisfies never)}`);
  }
}

/** How long after the start of a batch the operator is killed, in milliseconds. */
const KILLED_AFTER_MS = 15;

/**
 * Kills the operator in the middle of a batch, or while neither side decides. If the work is done before that, the next work is
 * waited for.
 */
function killOperator(
  base: Base,
  { move, now }: TroubleOptions,
): Pick<BegunTrouble, 'over' | 'onWork' | 'isPending'> {
  let line: TroubleLine | undefined;
  let killing: Promise<void> | undefined;
  let isPending = true;
  const kill = async (work: Work, done: Promise<unknown>): Promise<void> => {
    try {
      if (work === 'backfill') await sleep(KILLED_AFTER_MS);
      else if (!(await seesNobodyDecide(move, done))) return;
      isPending = false;
      const proof = await move.operator.kill();
      line = {
        ...base,
        at: now(),
        proof: work === 'backfill' ? proof : `${proof} while neither side decided`,
      };
    } catch (error) {
      isPending = false;
      line = { ...base, missed: errorText(error) };
    }
  };
  return {
    over: async () => {
      await killing;
      return line ?? { ...base, missed: 'the operator had done its work before it could be killed' };
    },
    onWork: (work, done) => {
      if (!isPending || (work === 'backfill' && killing !== undefined)) return;
      killing = kill(work, done);
    },
    isPending: () => isPending,
  };
}

/** Whether both sides said that they do not decide before the work was done. */
async function seesNobodyDecide({ watcher }: Move, done: Promise<unknown>): Promise<boolean> {
  const ended = done.then(
    () => undefined,
    () => undefined,
  );
  for (;;) {
    const said = await Promise.race([watcher.decides(), ended]);
    if (said === undefined) return false;
    if (said.old === false && said.new === false) return true;
  }
}
