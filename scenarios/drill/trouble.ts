/** What strikes a whole side for all who use it, or whoever runs the move. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StorageProxy } from '../faults/proxy/proxy.ts';
import type { RunClock } from '../load/service/journal.ts';
import type { Side } from '../load/service/migrating.ts';
import type { Move } from './move.ts';
import {
  isOfStorage,
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
  /** How long a side is in trouble, in milliseconds. */
  readonly lastsMs: number;
  readonly signal: AbortSignal;
}

export interface BegunTrouble {
  /** Resolves with what came of it, once it is over. Never rejects. */
  readonly over: () => Promise<TroubleLine | undefined>;
  /** Told as the operator begins with something that is worth to be interrupted. */
  readonly onWork: (work: 'backfill' | 'hand-over') => void;
}

type Base = Pick<TroubleLine, 'type' | 'name' | 'step'>;

/** Begins at once. */
export function beginTrouble({ number, trouble }: PlannedStep, options: TroubleOptions): BegunTrouble {
  if (trouble === undefined) return { over: async () => undefined, onWork: () => {} };
  const base = { type: 'trouble', name: trouble, step: number } as const;
  if (trouble === 'operator-killed') return killOperator(base, options);
  const lasting = troubleSide(trouble, base, options);
  return { over: () => lasting, onWork: () => {} };
}

type SideTrouble = Exclude<Trouble, 'operator-killed'>;
/** One way, in milliseconds. */
const SLOW_MS = 30;

/** The side that does not decide; that which does is restarted. */
async function troubleSide(
  trouble: SideTrouble,
  base: Base,
  { sides, move, now, lastsMs, signal }: TroubleOptions,
): Promise<TroubleLine> {
  const { decides } = move;
  const side: Side = trouble === 'restarted' ? decides : decides === 'old' ? 'new' : 'old';
  const { hosting, proxies } = sides[side];
  try {
    const begun =
      trouble === 'restarted' || isOfStorage(trouble)
        ? await beginInStorage(hosting, trouble, move.namespaceOf(side))
        : beginInNetwork(proxies?.all ?? [], trouble);
    const at = now();
    if (trouble !== 'restarted') await sleep(lastsMs, undefined, { signal }).catch(() => {});
    const proof = await begun.end();
    return { ...base, at, until: now(), proof: `the ${side} side: ${proof}` };
  } catch (error) {
    return { ...base, missed: errorText(error) };
  }
}

/** Something that lasts; `end` resolves with what shows that it struck, and rejects when nobody met it. */
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

/** So long after a batch has begun its operator is killed, in milliseconds. */
const KILLED_AFTER_MS = 15;
/** How long to look for the moment in which neither side decides, in milliseconds. */
const LOOK_FOR_MS = 60_000;

/** In the middle of a batch of its own, or when it has fenced one side and not opened the other. */
function killOperator(base: Base, { move, now }: TroubleOptions): BegunTrouble {
  let killing: Promise<TroubleLine> | undefined;
  const kill = async (work: 'backfill' | 'hand-over'): Promise<TroubleLine> => {
    try {
      if (work === 'backfill') await sleep(KILLED_AFTER_MS);
      else await untilNobodyDecides(move);
      const proof = await move.operator.kill();
      return {
        ...base,
        at: now(),
        proof: work === 'backfill' ? proof : `${proof} while neither side decided`,
      };
    } catch (error) {
      return { ...base, missed: errorText(error) };
    }
  };
  return {
    over: async () => killing ?? { ...base, missed: 'the operator had nothing to do' },
    onWork: (work) => {
      killing ??= kill(work);
    },
  };
}

async function untilNobodyDecides({ watcher }: Move): Promise<void> {
  const until = performance.now() + LOOK_FOR_MS;
  while (performance.now() < until) {
    const { old, new: other } = await watcher.decides();
    if (old === false && other === false) return;
  }
  throw new Error('it had handed over before it could be killed');
}
