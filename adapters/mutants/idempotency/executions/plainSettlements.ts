/**
 * Settlement code like that of many authors: a stream is settled once and withdrawn once, as a whole. It has no
 * amounts and no revision.
 */
import {
  IDEMPOTENCY_TTL_MS,
  idempotencyToken,
  type IdempotencyRecord,
  type IdempotencyView,
  type LockedView,
  type OwnAnswer,
  type OwnRequest,
  type OwnSettlement,
  type StreamRecord,
} from '../../../contract/index.ts';
import { lockOf, type Equivalent, type Mutant } from '../../mutant.ts';

/** The decisions that a mutant changes. */
interface Decisions {
  /** Whether the stored answer is read before the lock is taken. */
  readonly earlyLookup?: boolean;
  /** Whether the state of the stream is read before the lock is taken. */
  readonly earlyState?: boolean;
  /** Whether a key is replayed for any body. */
  readonly anyBody?: boolean;
}

function settlement(decisions: Decisions = {}): OwnSettlement {
  return async (adapter, request) => {
    const { streamId, operation, key } = request;
    const token = key === undefined ? undefined : idempotencyToken(operation, key);
    const early =
      decisions.earlyLookup === true ? await storedAnswer(adapter.idempotencyStore, token) : undefined;
    const before =
      decisions.earlyState === true ? await adapter.streamRepository?.streams?.get(streamId) : undefined;
    if (early !== undefined) return replay(early, request, decisions);
    return lockOf(adapter)(streamId, async (view) => {
      const stored = decisions.earlyLookup === true ? undefined : await storedAnswer(view.idempotency, token);
      if (stored !== undefined) return replay(stored, request, decisions);
      return execute(view, request, token, before ?? (await view.streams?.get(streamId)));
    });
  };
}

async function storedAnswer(
  store: IdempotencyView | undefined,
  token: string | undefined,
): Promise<IdempotencyRecord | undefined> {
  return token === undefined ? undefined : store?.get(token);
}

function replay(
  { fingerprint, status, body }: IdempotencyRecord,
  request: OwnRequest,
  { anyBody }: Decisions,
): OwnAnswer {
  if (fingerprint !== request.fingerprint && anyBody !== true) return refusal('CONFLICT');
  return { status, body, replayed: true, effect: true };
}

async function execute(
  view: LockedView,
  { operation, streamId, fingerprint }: OwnRequest,
  token: string | undefined,
  stream: StreamRecord | undefined,
): Promise<OwnAnswer> {
  const wanted = operation === 'settle' ? 'active' : 'ended';
  if (stream?.status !== wanted) return refusal(`NOT_${wanted.toUpperCase()}`);
  const { updatedAt: _stampedAnew, ...kept } = stream;
  const next: Partial<StreamRecord> =
    operation === 'settle'
      ? { status: 'ended', releasedAmount: stream.totalAmount }
      : { status: 'withdrawn', withdrawnAmount: stream.releasedAmount };
  const body = JSON.stringify({ id: streamId, ...next });
  await view.streams?.put({ ...kept, id: streamId, ...next });
  if (token !== undefined) {
    const record = { token, fingerprint, status: 200, body, ttlMs: IDEMPOTENCY_TTL_MS };
    await view.idempotency?.insert(record);
  }
  return { status: 200, body, replayed: false, effect: true };
}

function refusal(code: string): OwnAnswer {
  return { status: 409, body: JSON.stringify({ error: code }), replayed: false, effect: false, code };
}

function both(settle: OwnSettlement): NonNullable<Mutant['protocol']> {
  return { settle, withdraw: settle };
}

export const plainSettlement: Equivalent = {
  name: 'plain-settlement',
  reason: 'Everything is decided under the lock. A settlement needs neither amounts nor revisions.',
  bases: ['memory', 'postgres'],
  protocol: both(settlement()),
};

export const plainStateEarly: Mutant = {
  name: 'plain-state-early',
  origin:
    'A middleware loads the stream, and the handler takes the lock: two handlers both find the stream active and settle it.',
  clauses: ['STREAM-03'],
  bases: ['memory', 'postgres'],
  protocol: both(settlement({ earlyState: true })),
};

export const plainLookupEarly: Mutant = {
  name: 'plain-lookup-early',
  origin:
    'The key is looked up before the lock is taken: a repetition that waited finds the stream settled by its own request, and is refused.',
  clauses: ['IDEM-02'],
  bases: ['memory', 'postgres'],
  protocol: both(settlement({ earlyLookup: true })),
};

export const plainAnyBody: Mutant = {
  name: 'plain-any-body',
  origin: 'The stored answer of a key is replayed without a comparison of the request.',
  clauses: ['IDEM-03'],
  bases: ['memory', 'postgres'],
  protocol: both(settlement({ anyBody: true })),
};
