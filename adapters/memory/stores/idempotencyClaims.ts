/** Executions in progress: which caller may store the answer of a token, and until when. */
import { randomUUID } from 'node:crypto';
import {
  addMs,
  parseToken,
  validateFingerprint,
  validateId,
  validateIdempotencyRecord,
  validateLease,
  type BeginResult,
  type IdempotencyStore,
} from '../../contract/index.ts';
import { notClaimed } from '../../contract/rules/refusals.ts';
import { copy } from '../copy.ts';
import { liveRecord, store } from './idempotency.ts';
import { holds, leaseOf } from '../lease.ts';
import type { Session } from '../session.ts';

type IdempotencyClaims = Required<Pick<IdempotencyStore, 'begin' | 'finish' | 'abandon'>>;

export function createIdempotencyClaims(session: Session): IdempotencyClaims {
  const { executions } = session.tables;
  return {
    begin: (token, fingerprint, leaseMs) =>
      session.write((): BeginResult => {
        parseToken(token);
        validateFingerprint(fingerprint);
        validateLease(leaseMs);
        const record = liveRecord(session, token);
        if (record !== undefined)
          return record.fingerprint === fingerprint
            ? { outcome: 'replay', record: copy(record) }
            : { outcome: 'conflict' };
        const now = session.now();
        const other = executions.get(token);
        if (other !== undefined && holds(other, now))
          return { outcome: other.fingerprint === fingerprint ? 'inProgress' : 'conflict' };
        const claim = randomUUID();
        executions.set({ id: token, fingerprint, claim, until: addMs(now, leaseMs) }, 'same');
        return { outcome: 'started', claim };
      }),
    finish: (claim, record) =>
      session.write(() => {
        validateId(claim, 'claim');
        validateIdempotencyRecord(record);
        const { token, fingerprint } = record;
        const mine = executions.get(token);
        const isCurrent =
          mine?.claim === claim && mine.fingerprint === fingerprint && holds(mine, session.now());
        // A record that was stored without a claim must not be overwritten either.
        if (!isCurrent || liveRecord(session, token) !== undefined)
          throw notClaimed('idempotency', JSON.stringify(token));
        executions.delete(token);
        return store(session, record);
      }),
    abandon: (claim) =>
      session.write(() => {
        validateId(claim, 'claim');
        const mine = leaseOf(executions, claim);
        if (mine !== undefined) executions.delete(mine.id);
      }),
  };
}
