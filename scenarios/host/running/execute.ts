/** Executes one step that neither begins nor ends a section. Rejects with the adapter's own error. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  requestFingerprint,
  type IdOf,
  type LockedView,
  type StorageAdapter,
  type TargetDefinition,
  type Writer,
} from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import { executeRequest } from '../../../adapters/protocol/settlement.ts';
import { mutateDeeply, resolveArguments } from '../language/arguments.ts';
import type { InstanceClock } from './clock.ts';
import type { LateAnswers } from '../beside/lateAnswers.ts';
import {
  SIDES,
  type CallStep,
  type Closing,
  type Method,
  type SectionStep,
  type Side,
  type Step,
} from '../language/program.ts';
import { beginTrouble, endTrouble, pastTrouble } from '../trouble.ts';
import { withUnreadableTokens } from '../beside/unreadable.ts';

/** An opened instance for the steps of a program. */
export interface Instance {
  readonly adapter: StorageAdapter;
  readonly clock: InstanceClock;
  /** The author's own settlement. */
  readonly protocol?: TargetDefinition['protocol'];
  /** Holds back answers of the storage. */
  readonly late?: Pick<LateAnswers, 'hold'> | undefined;
  /** Makes ids that the adapter accepts, for lockstep's own records. */
  readonly idOf?: IdOf;
  close(how?: Closing): Promise<void>;
  reopen(): Promise<void>;
}

export interface StepContext {
  readonly instance: Instance;
  /** The view of the innermost open section. */
  readonly view: LockedView | undefined;
  readonly inSection: boolean;
  /** The view of the actor's latest section that has ended. */
  readonly deadView: LockedView | undefined;
  readonly saved: Map<string, unknown>;
  abort(actor: number): void;
  /** Notes arguments that the caller will change in place. */
  gave(args: readonly unknown[]): void;
}

/** The result of a step that was not run. */
export const SKIPPED: unique symbol = Symbol('skipped');

/** The value of the step, or SKIPPED. Rejects with the adapter's error. */
export async function performStep(step: Step, context: StepContext): Promise<unknown> {
  switch (step.do) {
    case 'call':
      return call(step, context);
    case 'section':
      return section(step, context);
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
        ? context.instance.close(step.how)
        : adapterFor(context.instance.adapter, step).close();
    case 'trouble':
      return beginTrouble(context.instance.adapter, step.side, step.trouble);
    case 'heal':
      return endTrouble(context.instance.adapter, step.side);
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
  const owner = storeOf(store, step, context) as Readonly<Record<string, Callable>> | undefined;
  if (typeof owner?.[method] !== 'function')
    throw new TypeError(
      `Expected the method ${step.method}; the ${step.via} has none.${WITHOUT[step.method] ?? ''}`,
    );
  if (step.edits === true) context.gave(args);
  const called = owner[method].bind(owner);
  const isSide = step.via === 'old' || step.via === 'new';
  const value = await (isSide ? pastTrouble(() => called(...args)) : called(...args));
  if (step.save !== undefined) context.saved.set(step.save, value);
  return value;
}

async function section({ stream, steps, throws }: SectionStep, context: StepContext): Promise<void> {
  const { streamRepository } = context.instance.adapter;
  if (streamRepository?.withLock === undefined)
    throw new TypeError('Expected withLock; the instance has none.');
  await streamRepository.withLock(stream, async (view) => {
    for (const step of steps) await performStep(step, { ...context, view, inSection: true });
    if (throws !== undefined) throw new Error(throws);
  });
}

/** What cannot be checked if the adapter lacks the method. */
const WITHOUT: Partial<Record<Method, string>> = {
  'migration.begin': ' Without it the authority cannot be handed over, and no hand over can be checked.',
  'migration.handOver': ' Without it the authority cannot be handed over, and no hand over can be checked.',
};

type Callable = (...args: readonly unknown[]) => unknown;
type StoreName = Method extends `${infer Store}.${string}` ? Store : never;

function storeOf(store: StoreName, { via, as }: CallStep, context: StepContext): unknown {
  const view = via === 'view' ? context.view : via === 'dead-view' ? context.deadView : undefined;
  if (view !== undefined) {
    if (store === 'jobs' || store === 'audit') return view.exports?.[store];
    return store === 'migration' || store === 'authority' ? undefined : view[store];
  }
  const adapter = adapterFor(context.instance.adapter, { side: SIDES.find((one) => one === via), as });
  const { streamRepository, idempotencyStore, exportRepository } = adapter;
  if (store === 'migration' || store === 'authority') return adapter[store];
  if (store === 'idempotency') return idempotencyStore;
  if (store === 'jobs' || store === 'audit') return exportRepository?.[store];
  return streamRepository?.[store];
}

/**
 * The adapter that a step uses: one side of the migration, or the adapter itself; and for one writer, if the step names
 * one.
 */
export function adapterFor(
  adapter: StorageAdapter,
  { side, as }: { readonly side?: Side | undefined; readonly as?: Writer | undefined },
): StorageAdapter {
  const whole = side === undefined ? adapter : sideOf(adapter, side);
  return as === undefined ? whole : writing(whole, as);
}

/**
 * The instances for single writers, one per writer, as an application would keep them. They are closed with the
 * storage.
 */
const WRITING = new WeakMap<StorageAdapter, Map<string, StorageAdapter>>();

function writing(adapter: StorageAdapter, writer: Writer): StorageAdapter {
  const { authority } = adapter;
  if (authority === undefined)
    throw new TypeError(
      'Expected a storage that can be told who may write to it; this one has no authority.',
    );
  const known = WRITING.get(adapter) ?? new Map<string, StorageAdapter>();
  WRITING.set(adapter, known);
  const name = `${writer.epoch}:${writer.role}`;
  const opened = known.get(name) ?? authority.as(writer);
  known.set(name, opened);
  return opened;
}

/** One side of a migrating adapter. */
function sideOf({ migration }: StorageAdapter, side: Side): StorageAdapter {
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
    ...defined({ key }),
    fingerprint: requestFingerprint('POST', `/streams/${stream}/${operation}`, body),
  };
  if ((operation === 'settle' || operation === 'withdraw') && protocol?.[operation] !== undefined)
    return protocol[operation](adapter, { ...asked, operation });
  return executeRequest(
    adapter,
    { ...asked, operation, workload: amount === undefined ? 'lifecycle' : 'balance' },
    {},
    defined({ idOf: context.instance.idOf }),
  );
}
