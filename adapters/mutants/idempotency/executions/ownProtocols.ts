/** An author's own settlement code with a bug, on a correct adapter. */
import { createHash } from 'node:crypto';
import { IDEMPOTENCY_TTL_MS, idempotencyToken, type OwnSettlement } from '../../../contract/index.ts';
import { executeRequest } from '../../../protocol/index.ts';
import type { Mutant } from '../../mutant.ts';

/** lockstep's settlement, used as if it were the author's. */
function settle(...[adapter, request]: Parameters<OwnSettlement>): ReturnType<typeof executeRequest> {
  return executeRequest(adapter, {
    ...request,
    workload: request.amount === undefined ? 'lifecycle' : 'balance',
  });
}

/** Answers with a status of 500 or more are stored, too, so a temporary failure becomes permanent. */
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
    'A middleware that stores every response under its Idempotency-Key, including 503: every retry is answered with the stored 503.',
  clauses: ['IDEM-14'],
  bases: ['memory', 'postgres'],
  protocol: { settle: storing, withdraw: storing },
};

/** A request that failed with 500 or more is repeated without its key. */
const unprotected: OwnSettlement = async (adapter, request) => {
  const answer = await settle(adapter, request);
  if (answer.status < 500 || request.key === undefined) return answer;
  const { key: _unusable, ...bare } = request;
  return settle(adapter, bare);
};

export const lookupBestEffort: Mutant = {
  name: 'lookup-best-effort',
  origin:
    'try { replay = await cache.get(key) } catch { log() }: while the store is down, requests run unprotected and unnoticed.',
  clauses: ['IDEM-14'],
  bases: ['memory', 'postgres'],
  protocol: { settle: unprotected, withdraw: unprotected },
};

/** The fingerprint covers only the body, so the same body for another stream counts as the same request. */
const byBodyAlone: OwnSettlement = (adapter, request) =>
  settle(adapter, {
    ...request,
    fingerprint: createHash('sha256').update(`${request.operation} ${request.amount}`).digest('hex'),
  });

export const streamNotInFingerprint: Mutant = {
  name: 'stream-not-in-fingerprint',
  origin:
    'Only the body is hashed: if a client reuses a key for another stream, it gets the settlement of the first one.',
  clauses: ['IDEM-03'],
  bases: ['memory'],
  protocol: { settle: byBodyAlone, withdraw: byBodyAlone },
};
