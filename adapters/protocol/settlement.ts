/**
 * The settlement protocol over the seam. Everything that decides about an effect happens under the stream's lock: the
 * token is looked up, the state machine decides, and the effect, its event and its replay record are written through
 * the view, so that they commit together.
 */
import { randomUUID } from 'node:crypto';
import {
  IDEMPOTENCY_TTL_MS,
  codeOf,
  idempotencyToken,
  isStorageError,
  type Awaitable,
  type IdOf,
  type IdempotencyView,
  type LockOptions,
  type LockedView,
  type StorageAdapter,
  type StreamRecord,
} from '../contract/index.ts';
import {
  conflictAnswer,
  effectAnswer,
  effectBody,
  errorAnswer,
  failureAnswer,
  refusalAnswer,
  replayAnswer,
  unchangedAnswer,
} from './answers.ts';
import { effectEvent, operationIdOf } from './effect.ts';
import { applyOperation, checkAmount, type MachineState, type RefusalCode } from './machine.ts';
import type { ProtocolRequest, ProtocolResponse, SectionHooks } from './types.ts';

export interface ExecuteOptions {
  /** Makes the operation id of a request without a key. Default: a random UUID. */
  readonly newOperationId?: () => string;
  /** Makes the ids of events. Default: the names that effectEvent gives them. */
  readonly idOf?: IdOf;
}

/** A checked request, with everything that does not depend on storage. */
interface Plan {
  readonly request: ProtocolRequest;
  readonly token: string | undefined;
  readonly operationId: string;
  readonly idOf: IdOf | undefined;
}

/**
 * Executes `request` at most once, or replays its stored answer. Never throws: errors are answers with a code.
 *
 * Works with what the adapter has. A surface that the view lacks is reached through the adapter within the lock,
 * and then does not commit with the rest: a crash can leave a replay record or an event without its effect.
 * Without activity no event and no payout intent is kept; without an idempotency store a repeated request is
 * held off by the state machine alone. Without locks or streams nothing executes: UNSUPPORTED.
 */
export async function executeRequest(
  adapter: StorageAdapter,
  request: ProtocolRequest,
  hooks: SectionHooks = {},
  options: ExecuteOptions = {},
): Promise<ProtocolResponse> {
  const withLock = adapter.streamRepository?.withLock?.bind(adapter.streamRepository);
  if (withLock === undefined) return failureAnswer(501, 'UNSUPPORTED', 'The adapter has no locks.');
  let plan: Plan;
  try {
    plan = planOf(request, options);
  } catch (error) {
    return errorAnswer(error);
  }
  let attempt = 0;
  let answer: ProtocolResponse | undefined;
  try {
    answer = await withLock(
      request.streamId,
      (view) => {
        attempt += 1;
        return runSection(adapter, view, plan, attempt, hooks);
      },
      lockOptions(plan),
    );
  } catch (error) {
    hooks.settled?.(codeOf(error) === 'OUTCOME_UNKNOWN' ? 'unknown' : 'aborted');
    return tokenIsTaken(error, plan) ? answerOfWinner(adapter, plan) : errorAnswer(error);
  }
  hooks.settled?.('committed');
  // A faulty adapter may resolve with something other than the callback's value.
  return answer ?? failureAnswer(500, 'INTERNAL', 'withLock resolved without the value of its callback.');
}

function planOf(request: ProtocolRequest, { newOperationId = randomUUID, idOf }: ExecuteOptions): Plan {
  checkAmount(request);
  if (request.key === undefined) return { request, token: undefined, operationId: newOperationId(), idOf };
  // The stream is part of the fingerprint, so that one key on two streams is a conflict rather than two operations.
  const token = idempotencyToken(request.operation, request.key);
  return { request, token, operationId: operationIdOf(token, request.streamId), idOf };
}

function lockOptions({ request, token }: Plan): LockOptions {
  const tokens = token === undefined ? {} : { tokens: [token] };
  const timeout = request.lockTimeoutMs === undefined ? {} : { timeoutMs: request.lockTimeoutMs };
  return { prefetch: { streams: [request.streamId], ...tokens }, ...timeout };
}

/** One run of the callback. The adapter may run it again, so it changes nothing outside. */
async function runSection(
  adapter: StorageAdapter,
  view: LockedView,
  plan: Plan,
  attempt: number,
  hooks: SectionHooks,
): Promise<ProtocolResponse> {
  await hooks.entered?.(attempt, view);
  const progress = { wrote: false };
  try {
    return await decide(surfacesIn(adapter, view), plan, {
      read: () => hooks.read?.(attempt),
      writing: () => {
        progress.wrote = true;
      },
      executed: (revision) => hooks.executed?.(attempt, { operationId: plan.operationId, revision }),
    });
  } finally {
    hooks.left?.(attempt, progress.wrote);
  }
}

interface Moments {
  read(): Awaitable<void>;
  writing(): void;
  executed(revision: number): Awaitable<void>;
}

interface Surfaces {
  readonly streams: LockedView['streams'];
  readonly activity: LockedView['activity'];
  readonly idempotency: IdempotencyView | undefined;
}

function surfacesIn(adapter: StorageAdapter, view: LockedView): Surfaces {
  return {
    streams: view.streams ?? adapter.streamRepository?.streams,
    activity: view.activity ?? adapter.streamRepository?.activity,
    idempotency: view.idempotency ?? adapter.idempotencyStore,
  };
}

async function decide(surfaces: Surfaces, plan: Plan, moments: Moments): Promise<ProtocolResponse> {
  const { request, token } = plan;
  const { streams } = surfaces;
  if (streams === undefined) return failureAnswer(501, 'UNSUPPORTED', 'The adapter has no streams.');
  const idempotency = token === undefined ? undefined : surfaces.idempotency;
  if (idempotency !== undefined && token !== undefined) {
    const record = await idempotency.get(token);
    await moments.read();
    if (record !== undefined)
      return record.fingerprint === request.fingerprint ? replayAnswer(record) : conflictAnswer();
  }
  const stream = await streams.get(request.streamId);
  if (idempotency === undefined) await moments.read();
  if (stream === undefined)
    return failureAnswer(404, 'NOT_FOUND', `There is no stream ${JSON.stringify(request.streamId)}.`);
  const outcome = applyOperation(stream, request);
  switch (outcome.kind) {
    case 'refused':
      return refusalAnswer(stream, outcome.code, refusalMessage(stream, request, outcome.code));
    case 'unchanged':
      return unchangedAnswer(stream);
    case 'effect':
      return takeEffect(surfaces, plan, stream, outcome.next, outcome.payoutAmount, moments);
    default:
      return outcome satisfies never;
  }
}

async function takeEffect(
  { streams, activity, idempotency }: Surfaces,
  { request, token, operationId, idOf }: Plan,
  stream: StreamRecord,
  next: MachineState,
  payoutAmount: string | undefined,
  moments: Moments,
): Promise<ProtocolResponse> {
  const { streamId, operation, fingerprint, ttlMs = IDEMPOTENCY_TTL_MS } = request;
  const { revision, status, releasedAmount, withdrawnAmount } = next;
  const { updatedAt: _stampedAnew, ...kept } = stream;
  const changed = { ...kept, id: stream.id, revision, status, releasedAmount, withdrawnAmount };
  const body = effectBody(changed, operationId);
  const payout = payoutAmount === undefined ? {} : { payoutAmount };
  moments.writing();
  // The record comes first: if another stream's request has used the key, this one fails before it has changed
  // anything, even in a section that is not atomic.
  if (token !== undefined) await idempotency?.insert({ token, fingerprint, status: 200, body, ttlMs });
  await streams?.put(changed);
  await activity?.append(effectEvent({ streamId, operationId, revision, operation, ...payout }, idOf));
  await moments.executed(revision);
  const intent =
    payoutAmount === undefined ? {} : { payout: { operationId, streamId, amount: payoutAmount } };
  return effectAnswer(body, { revision, operationId, ...intent });
}

function tokenIsTaken(error: unknown, { token }: Plan): boolean {
  return (
    token !== undefined &&
    isStorageError(error) &&
    error.code === 'ALREADY_EXISTS' &&
    error.details['surface'] === 'idempotency' &&
    error.details['id'] === token
  );
}

/**
 * Somebody else stored the token first, under another lock, and this section rolled back. Answers with what is stored.
 */
async function answerOfWinner(adapter: StorageAdapter, { request, token }: Plan): Promise<ProtocolResponse> {
  try {
    const record = token === undefined ? undefined : await adapter.idempotencyStore?.get(token);
    if (record === undefined)
      return failureAnswer(503, 'UNAVAILABLE', 'The Idempotency-Key was in use. Try again.');
    return record.fingerprint === request.fingerprint ? replayAnswer(record) : conflictAnswer();
  } catch (error) {
    return errorAnswer(error);
  }
}

function refusalMessage(stream: StreamRecord, { operation }: ProtocolRequest, code: RefusalCode): string {
  switch (code) {
    case 'INVALID_STATE':
      return `A stream that is ${stream.status} does not allow ${operation}.`;
    case 'OVER_TOTAL':
      return `Expected at most the ${stream.totalAmount} of the stream to be released in all.`;
    case 'NOT_COVERED':
      return `Expected at most what was released (${stream.releasedAmount}) and not withdrawn (${stream.withdrawnAmount}).`;
    default:
      return code satisfies never;
  }
}
