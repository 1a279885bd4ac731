/**
 * Settle and withdraw as they are done today. The key is looked up before the lock is taken, so that two first requests
 * both go on; and whatever comes of a request is stored under its key, so that the refusal of the second one replaces
 * the success of the first.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnAnswer, OwnRequest, StreamRecord } from 'lockstep';
import type { Store } from './store.ts';

const REPLAY_MS = 24 * 3_600_000;
/** What the ledger takes, at least. */
const LEDGER_MS = 1;

export const settle = execute;
export const withdraw = execute;

async function execute(store: Store, request: OwnRequest): Promise<OwnAnswer> {
  const { operation, key, fingerprint, streamId } = request;
  const token = key === undefined ? undefined : `${operation}:${key}`;
  const stored = token === undefined ? undefined : store.idempotency.get(token);
  if (stored !== undefined) {
    if (stored.fingerprint !== fingerprint) return refusal('CONFLICT');
    const { status, body } = stored;
    return { status, body, replayed: true, effect: status === 200 };
  }
  return store.withLock(streamId, async () => {
    const answer = await takeEffect(store, request);
    if (token !== undefined) {
      const now = Date.now();
      const [createdAt, expiresAt] = [now, now + REPLAY_MS].map((ms) => new Date(ms).toISOString());
      const { status, body } = answer;
      store.idempotency.set(token, {
        token,
        fingerprint,
        status,
        body,
        createdAt: createdAt!,
        expiresAt: expiresAt!,
      });
    }
    return answer;
  });
}

async function takeEffect(store: Store, { operation, streamId, amount }: OwnRequest): Promise<OwnAnswer> {
  const stream = store.streams.get(streamId);
  if (stream === undefined) return refusal('NOT_FOUND');
  const next = operation === 'settle' ? settled(stream, amount) : withdrawn(stream, amount);
  if (next === undefined) return refusal('INVALID_STATE');
  await sleep(LEDGER_MS);
  const timestamp = new Date().toISOString();
  const revision = stream.revision + 1;
  store.streams.set(streamId, { ...stream, ...next, revision, updatedAt: timestamp });
  const type = operation === 'settle' ? 'stream.settled' : 'stream.withdrawn';
  store.activity.push({
    id: randomUUID(),
    type,
    streamId,
    timestamp,
    description: `${operation} ${streamId}`,
  });
  return {
    status: 200,
    body: JSON.stringify({ id: streamId, revision, ...next }),
    replayed: false,
    effect: true,
    revision,
  };
}

/** All that is left, once, which ends the stream; or an amount. */
function settled(stream: StreamRecord, amount: string | undefined): Partial<StreamRecord> | undefined {
  if (stream.status !== 'active') return undefined;
  if (amount === undefined) return { status: 'ended', releasedAmount: stream.totalAmount };
  const released = BigInt(stream.releasedAmount) + BigInt(amount);
  return released > BigInt(stream.totalAmount) ? undefined : { releasedAmount: String(released) };
}

/** All that was released, once, after the end; or an amount. */
function withdrawn(stream: StreamRecord, amount: string | undefined): Partial<StreamRecord> | undefined {
  if (amount === undefined)
    return stream.status === 'ended'
      ? { status: 'withdrawn', withdrawnAmount: stream.releasedAmount }
      : undefined;
  const taken = BigInt(stream.withdrawnAmount) + BigInt(amount);
  return taken > BigInt(stream.releasedAmount) ? undefined : { withdrawnAmount: String(taken) };
}

function refusal(code: string): OwnAnswer {
  return {
    status: code === 'NOT_FOUND' ? 404 : 409,
    body: JSON.stringify({ error: code }),
    replayed: false,
    effect: false,
    code,
  };
}
