/**
 * Asks for a hand over while the side that is to decide refuses some copies. A move that hands over then loses writes: the
 * sides differ, or the history of the clients shows it. A correct one refuses, and the authority stays where it is.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { errorText } from '../errorText.ts';
import type { Side } from '../load/service/migrating.ts';
import type { RunClock } from '../load/service/journal.ts';
import type { Move } from './move.ts';
import type { HostedSide } from './sides.ts';
import type { TroubleLine } from './stepFile.ts';

export interface WhileOwingOptions {
  /** The number of the step. */
  readonly step: number;
  /** The side that is to decide. */
  readonly to: Side;
  readonly taking: HostedSide;
  readonly move: Move;
  readonly now: RunClock;
  /** How long to wait until the load writes records that are refused, in milliseconds. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

const AGAIN_MS = 50;

export interface AskedOwing {
  readonly line: TroubleLine;
  /** How the sides differ although the operator handed over. Absent: it refused, as it has to. */
  readonly differences?: readonly string[];
}

/** Never rejects. */
export async function handOverWhileOwing(options: WhileOwingOptions): Promise<AskedOwing> {
  const { step, to, taking, move, now } = options;
  const base = { type: 'trouble', name: 'refused-records', step } as const;
  try {
    const proof = await taking.hosting.strike('refused-records', move.namespaceOf(to), 1);
    const at = now();
    const { owed, refusal } = await asked(options);
    const answer = refusal === undefined ? 'did' : `refused: ${refusal}`;
    const said = `asked to hand over while ${owed} streams were owed, the operator ${answer}`;
    const line = { ...base, at, until: now(), proof: `the ${to} side: ${proof}; ${said}` };
    if (refusal !== undefined) return { line };
    return { line, differences: (await move.compare({ mayOwe: true })).differences };
  } catch (error) {
    return { line: { ...base, missed: errorText(error) } };
  }
}

/** Heals the side afterwards. `refusal`: why the operator refused. Undefined: it handed over. */
async function asked(
  options: WhileOwingOptions,
): Promise<{ readonly owed: number; readonly refusal: string | undefined }> {
  const { move, to, taking } = options;
  try {
    const owed = await untilRefused(options);
    return { owed, refusal: await move.askToDecide(to).then(() => undefined, errorText) };
  } finally {
    await taking.hosting.heal();
  }
}

/** Resolves with the number of streams that cannot be copied. If only events are missing, they may be copied later. */
async function untilRefused({ move, to, patienceMs, signal }: WhileOwingOptions): Promise<number> {
  const until = performance.now() + patienceMs;
  while (!signal.aborted && performance.now() < until) {
    const refused = await move.refusedStreams();
    if (refused > 0) return refused;
    await sleep(AGAIN_MS);
  }
  throw new Error(`no stream was written that the ${to} side refuses`);
}
