/** Executes one step that neither opens nor ends a section. What the adapter throws passes through. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  requestFingerprint,
  type IdOf,
  type LockedView,
  type StorageAdapter,
  type TargetDefinition,
} from '../../adapters/contract/index.ts';
import { executeRequest } from '../../adapters/protocol/settlement.ts';
import { mutateDeeply, resolveArguments } from './arguments.ts';
import type { InstanceClock } from './clock.ts';
import type { LateAnswers } from './lateAnswers.ts';
import { SIDES, type CallStep, type Method, type Side, type Step } from './program.ts';
import { withUnreadableTokens } from './unreadable.ts';

/** An opened instance, as the steps of a program use it. */
export interface Instance {
  readonly adapter: StorageAdapter;
  readonly clock: InstanceClock;
  /** The author's own settlement. */
  readonly protocol?: TargetDefinition['protocol'];
  /** What holds answers of its storage back. */
  readonly late?: Pick<LateAnswers, 'hold'> | undefined;
  /** Makes ids of lockstep's own, as the adapter takes them. */
  readonly idOf?: IdOf;
  close(): Promise<void>;
  reopen(): Promise<void>;
}

export interface StepContext {
  readonly instance: Instance;
  /** The innermost open section's view. */
  readonly view: LockedView | undefined;
  readonly inSection: boolean;
  /** The view of the actor's latest section that has ended. */
  readonly deadView: LockedView | undefined;
  readonly saved: Map<string, unknown>;
  abort(actor: number): void;
  /** What the caller will change in place. */
  gave(args: readonly unknown[]): void;
}

/** What a step that was not run comes to. */
export const SKIPPED: unique symbol = Symbol('skipped');

/** The step's value, or SKIPPED. Rejects with what the adapter threw. */
export async function performStep(step: Step, context: StepContext): Promise<unknown> {
  switch (step.do) {
    case 'call':
      return call(step, context);
    case 'request':
      return request(step, context);
    case 'hold':
      return sleep(step.ms);
    case 'abort':
      return context.abort(step.actor);
    case 'mutate':
      return mutateDeeply(context.saved.get(step.saved));
    case 'advance':
      return context.instance.clock.advance(step.ms);
    case 'reopen':
      return context.inSection ? SKIPPED : context.instance.reopen();
    case 'close':
      return step.side === undefined
        ? context.instance.close()
        : sideOf(context.instance.adapter, step.side).close();
    case 'enter':
    case 'leave':
    case 'throw':
    case 'spawn':
    case 'join':
      throw new Error(`The step ${step.do} belongs to its actor.`);
    default:
      throw new Error(
        `Expected a step of the program language, got ${JSON.stringify(step satisfies never)}.`,
      );
  }
}

async function call(step: CallStep, context: StepContext): Promise<unknown> {
  if (step.via === 'dead-view' && context.deadView === undefined) return SKIPPED;
  const args = resolveArguments(step.args, context.saved);
  if (args === undefined) return SKIPPED;
  const [store, method] = step.method.split('.') as [StoreName, string];
  const owner = storeOf(store, step.via, context) as Readonly<Record<string, Callable>> | undefined;
  if (typeof owner?.[method] !== 'function')
    throw new TypeError(`Expected the method ${step.method}; the ${step.via} has none.`);
  if (step.edits === true) context.gave(args);
  const value = await owner[method](...args);
  if (step.save !== undefined) context.saved.set(step.save, value);
  return value;
}

type Callable = (...args: readonly unknown[]) => unknown;
type StoreName = Method extends `${infer Store}.${string}` ? Store : never;

function storeOf(store: StoreName, via: CallStep['via'], context: StepContext): unknown {
  const view = via === 'view' ? context.view : via === 'dead-view' ? context.deadView : undefined;
  if (view !== undefined) {
    if (store === 'jobs' || store === 'audit') return view.exports?.[store];
    return store === 'migration' ? undefined : view[store];
  }
  const side = SIDES.find((one) => one === via);
  const adapter = side === undefined ? context.instance.adapter : sideOf(context.instance.adapter, side);
  const { streamRepository, idempotencyStore, exportRepository, migration } = adapter;
  if (store === 'migration') return migration;
  if (store === 'idempotency') return idempotencyStore;
  if (store === 'jobs' || store === 'audit') return exportRepository?.[store];
  return streamRepository?.[store];
}

/** One side of the migration that `adapter` is. */
export function sideOf({ migration }: StorageAdapter, side: Side): StorageAdapter {
  if (migration === undefined)
    throw new TypeError(`Expected a migration with an ${side} side; there is none.`);
  return migration[side];
}

async function request(
  step: Extract<Step, { readonly do: 'request' }>,
  context: StepContext,
): Promise<unknown> {
  const { operation, stream, key, body } = step;
  const { protocol } = context.instance;
  const adapter =
    step.unreadable === true ? withUnreadableTokens(context.instance.adapter) : context.instance.adapter;
  const amount = (body as { readonly amount?: unknown } | null | undefined)?.amount;
  const asked = {
    streamId: stream,
    ...(amount === undefined ? {} : { amount: amount as string }),
    ...(key === undefined ? {} : { key }),
    fingerprint: requestFingerprint('POST', `/streams/${stream}/${operation}`, body),
  };
  if ((operation === 'settle' || operation === 'withdraw') && protocol?.[operation] !== undefined)
    return protocol[operation](adapter, { ...asked, operation });
  return executeRequest(
    adapter,
    { ...asked, operation, workload: amount === undefined ? 'lifecycle' : 'balance' },
    {},
    context.instance.idOf === undefined ? {} : { idOf: context.instance.idOf },
  );
}
