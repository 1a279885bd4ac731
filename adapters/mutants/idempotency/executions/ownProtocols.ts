/** Settlement code of an author's own, beside an adapter that is right. */
import { createHash } from 'node:crypto';
import { IDEMPOTENCY_TTL_MS, idempotencyToken, type OwnSettlement } from '../../../contract/index.ts';
import { executeRequest } from '../../../protocol/index.ts';
import type { Mutant } from '../../mutant.ts';

/** lockstep's, as an author would have it for his own. */
function settle(...[adapter, request]: Parameters<OwnSettlement>): ReturnType<typeof executeRequest> {
  return executeRequest(adapter, {
    ...request,
    workload: request.amount === undefined ? 'lifecycle' : 'balance',
  });
}

/** Whatever was answered is the answer for good. */
const storing: OwnSettlement = async (adapter, request) => {
  const answer = await settle(adapter, request);
  if (answer.status >= 500 && request.key !== undefined) {
    const token = idempotencyToken(request.operation, request.key);
    const { status, body } = answer;
    await adapter.idempotencyStore?.insert({
      token,
      fingerprint: request.fingerprint,
      status,
      body,
      ttlMs: IDEMPOTENCY_TTL_MS,
    });
  }
  return answer;
};

export const serverErrorCached: Mutant = {
  name: 'server-error-cached',
  origin:
    'A middleware that stores every response under its Idempotency-Key, 503 among them: the retry that should help is answered from the store.',
  clauses: ['IDEM-14'],
  bases: ['memory', 'postgres'],
  protocol: { settle: storing, withdraw: storing },
};

/** The caller's requests go on without what protects them. */
const unprotected: OwnSettlement = async (adapter, request) => {
  const answer = await settle(adapter, request);
  if (answer.status < 500 || request.key === undefined) return answer;
  const { key: _unusable, ...bare } = request;
  return settle(adapter, bare);
};

export const lookupBestEffort: Mutant = {
  name: 'lookup-best-effort',
  origin:
    'try { replay = await cache.get(key) } catch { log() }: while the store is down nothing is protected, and nothing says so.',
  clauses: ['IDEM-14'],
  bases: ['memory', 'postgres'],
  protocol: { settle: unprotected, withdraw: unprotected },
};

/** The fingerprint is that of the body alone, so that the same body for another stream is the same request. */
const byBodyAlone: OwnSettlement = (adapter, request) =>
  settle(adapter, {
    ...request,
    fingerprint: createHash('sha256').update(`${request.operation} ${request.amount}`).digest('hex'),
  });

export const streamNotInFingerprint: Mutant = {
  name: 'stream-not-in-fingerprint',
  origin:
    'Only the body is hashed: a key that a client reuses for another stream is answered with the settlement of the first.',
  clauses: ['IDEM-03'],
  bases: ['memory'],
  protocol: { settle: byBodyAlone, withdraw: byBodyAlone },
};
