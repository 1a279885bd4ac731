/** The rows of the clause list, one a line. `clauses.ts` turns them into clauses. */

interface ClauseRow {
  readonly id: string;
  readonly text: string;
  /** The bug that usually breaks it. */
  readonly cause: string;
  /** Surfaces, capabilities, `MP` (across processes if crossInstance is declared), `F` (needs a fault). */
  readonly needs?: string;
}

// oxfmt-ignore
export const CLAUSE_TABLE: readonly ClauseRow[] = [
  { id: 'LOCK-01', needs: 'locks MP', text: 'At most one callback of a stream runs at a time: always within one process, and across processes if crossInstance is declared.', cause: 'the lock lives in process memory, or in the instance' },
  { id: 'LOCK-02', needs: 'locks', text: 'A callback that throws releases the lock, and withLock rejects with its original error; atomic sections roll back its writes.', cause: 'the error is swallowed or wrapped, or writes go outside the transaction' },
  { id: 'LOCK-03', needs: 'locks', text: 'Nesting the lock of the same stream works, or rejects promptly with LOCK_REENTRANT; it never hangs.', cause: 'the nested call queues behind its own holder' },
  { id: 'LOCK-04', needs: 'locks lockTimeout MP', text: 'Nesting two streams in opposite order ends in a retryable error within the bound.', cause: 'no wait bound and no deadlock detection' },
  { id: 'LOCK-05', needs: 'locks', text: 'Distinct ids do not block each other, even if they differ only in case, width, normalization, spaces or separators, if one is a prefix of the other, or if they share a 32-bit hash.', cause: 'the id is folded, or hashed to too few bits' },
  { id: 'LOCK-06', needs: 'locks streams crossInstance MP', text: 'The next holder sees every committed write of earlier holders.', cause: 'a cache, or a snapshot older than the lock' },
  { id: 'LOCK-07', needs: 'locks streams MP', text: 'The lock is released only after the commit is visible.', cause: 'the lock is released before the commit' },
  { id: 'LOCK-08', needs: 'locks streams MP', text: 'Protected reads use a snapshot taken after the lock was granted.', cause: 'lock and read in one statement, or REPEATABLE READ with the lock first' },
  { id: 'LOCK-09', needs: 'locks', text: 'Once withLock has settled, in whatever way, the lock is free.', cause: 'a session lock is left on a pooled connection' },
  { id: 'LOCK-10', needs: 'locks poolers MP', text: 'Exclusion holds through every connection pooler that the adapter supports.', cause: 'session locks behind a transaction pooler' },
  { id: 'LOCK-11', needs: 'locks', text: 'Empty, null-like, very long and hostile ids lock correctly, or are refused before the callback runs.', cause: 'a NULL or truncated lock key that locks nothing' },
  { id: 'LOCK-12', needs: 'locks recoveryMs MP F', text: 'A dead or frozen holder blocks a stream for at most recoveryMs, and changes nothing in it after that.', cause: 'no bound on idle transactions, a lease without expiry, or a lease whose expiry its holder does not notice' },
  { id: 'LOCK-13', needs: 'locks lockTimeout', text: 'A wait that times out is bounded, rejects with LOCK_TIMEOUT, runs no callback, and leaves no waiter that acquires the lock later.', cause: 'the client gives up while its request still waits in the storage' },
  { id: 'LOCK-14', needs: 'locks streams', text: 'Reads and writes inside a callback use its transaction, and they complete even with as many holders as the pool has connections.', cause: 'a query inside the callback takes another connection from the pool' },
  { id: 'LOCK-15', needs: 'locks streams fencing MP F', text: 'Writes and commit of a superseded holder are refused.', cause: 'an unfenced lease' },
  { id: 'LOCK-16', needs: 'locks fencing MP', text: 'Fences strictly increase across release, restart and takeover.', cause: 'fences come from process memory or from a clock' },
  { id: 'LOCK-17', needs: 'locks fencing MP F', text: 'The fence check and a takeover exclude each other until the commit.', cause: 'the fence is checked before the write, not with it' },
  { id: 'LOCK-18', needs: 'locks streams atomic', text: 'A failed write through the view dooms the section even if the callback swallows the error: nothing commits, withLock rejects with that code, and the view is dead once withLock has settled.', cause: 'the COMMIT of an aborted transaction is taken for success' },
  { id: 'LOCK-19', needs: 'locks', text: 'A waiter is granted the lock within 200 grants to others; FIFO order is not promised.', cause: 'waiters retry in a busy loop, without a queue' },
  { id: 'LOCK-20', needs: 'locks', text: 'An aborted signal stops the wait, not the holder.', cause: 'the signal is ignored while waiting, or ends the callback' },

  { id: 'STREAM-01', needs: 'streams', text: 'Every later read sees a write that has returned.', cause: 'write-behind, or a stale cache' },
  { id: 'STREAM-02', needs: 'streams MP', text: 'Creating a stream under an existing id fails with ALREADY_EXISTS and changes nothing.', cause: 'create is an upsert' },
  { id: 'STREAM-03', needs: 'locks streams MP', text: 'Settle and withdraw take effect at most once.', cause: 'the state is checked outside the lock' },
  { id: 'STREAM-04', needs: 'locks streams MP', text: 'Concurrent updates of different fields under the lock lose nothing.', cause: 'a whole row read before the lock is written after it' },
  { id: 'STREAM-05', needs: 'streams', text: 'Amounts are exact at 2^53+1 and at 30 digits.', cause: 'amounts pass through Number or a float column' },
  { id: 'STREAM-06', needs: 'streams', text: 'NaN, Infinity, fractions, signs and overflow are refused with INVALID_RECORD, never rounded.', cause: 'the column type accepts or rounds them' },
  { id: 'STREAM-07', needs: 'streams', text: 'Absent and null differ, an unknown id reads as undefined, and returned records are copies.', cause: 'the stored object itself is handed out' },
  { id: 'STREAM-08', needs: 'streams', text: 'Strings round-trip exactly or are refused before any write; NUL and lone surrogates are never silently replaced.', cause: 'the encoding replaces or truncates what it cannot represent' },
  { id: 'STREAM-09', needs: 'streams', text: 'Additional JSON fields come back unchanged.', cause: 'unknown fields are dropped' },
  { id: 'STREAM-10', needs: 'streams MP', text: 'A list by status contains exactly the records with that status.', cause: 'an index or cache that is not maintained on update' },

  { id: 'ACT-01', needs: 'activity MP', text: 'Activity is append-only through every call.', cause: 'append is an upsert' },
  { id: 'ACT-02', needs: 'activity MP', text: 'Appending a repeated event id is idempotent or fails with ALREADY_EXISTS; it never overwrites.', cause: 'ON CONFLICT DO UPDATE' },
  { id: 'ACT-03', needs: 'locks streams activity atomic', text: 'An event and the state change of its section commit together.', cause: 'the event is written outside the transaction' },
  { id: 'ACT-04', needs: 'locks activity crossInstance MP', text: 'The events of one stream are in the order of its lock: stamped timestamps never decrease, and ties sort by id.', cause: 'timestamps are taken before the wait for the lock' },
  { id: 'ACT-05', needs: 'activity MP', text: 'Lists by stream and by type contain exactly the matching events.', cause: 'the filter is applied after the page is cut' },

  { id: 'CUR-01', text: 'Cursors keep the stored precision: for every page size the joined pages are the full list, even with many records in one millisecond.', cause: 'the cursor truncates microseconds' },
  { id: 'CUR-02', text: 'Every page advances, the scan ends, and only the last page has no cursor.', cause: 'an off-by-one error at the end of a page' },
  { id: 'CUR-03', text: 'Malformed, foreign and tampered cursors fail with INVALID_CURSOR; ids with | : = / + and non-ASCII characters work.', cause: 'a bad cursor is taken for the first page' },
  { id: 'CUR-04', text: 'Ties are broken by the UTF-8 byte order of the id, whatever the collation of the database.', cause: 'the default collation orders the ids' },
  { id: 'CUR-05', needs: 'MP', text: 'Under concurrent writes, unchanged rows appear exactly once and in order, concurrently written rows appear at most once, and nothing is invented.', cause: 'OFFSET paging, or a cursor on a mutable column' },
  { id: 'CUR-06', needs: 'locks activity MP', text: 'A reader at the tail of one stream misses no event; for wider tails this holds only if tailComplete is declared.', cause: 'timestamps or sequence numbers are taken before the commit order is known' },
  { id: 'CUR-07', text: 'A cursor survives reopening of the adapter and deletion of the row that it points at.', cause: 'cursors are kept in process memory, or looked up by row' },
  { id: 'CUR-08', text: 'encodeCursor and decodeCursor round-trip every id as base64, and refuse everything else.', cause: 'lenient base64 decoding' },

  { id: 'IDEM-01', needs: 'idempotency MP', text: 'Of concurrent first requests with one (scope, key), exactly one executes.', cause: 'check-then-act' },
  { id: 'IDEM-02', needs: 'idempotency MP', text: 'The loser gets the record or a typed in-progress answer, never "absent".', cause: 'an insert conflicts and then reads from its own old snapshot' },
  { id: 'IDEM-03', needs: 'idempotency MP', text: 'A different fingerprint for a token is CONFLICT, even while the first request runs.', cause: 'the fingerprint is ignored' },
  { id: 'IDEM-04', needs: 'idempotency ttl MP', text: 'Exactly one caller takes over an expired token.', cause: 'the old record is deleted first and the new one inserted later' },
  { id: 'IDEM-05', needs: 'idempotency idempotencyClaims MP', text: 'Finishing an execution requires the claim that started it.', cause: 'finish looks up the execution by its token' },
  { id: 'IDEM-06', needs: 'idempotency', text: 'A replay has the same status and the same bytes.', cause: 'the body is stored as parsed JSON' },
  { id: 'IDEM-07', needs: 'idempotency', text: 'A body that cannot be stored is refused before anything is executed or stored.', cause: 'validation after the effect' },
  { id: 'IDEM-08', needs: 'idempotency ttl', text: 'Expiry follows one clock, read when the record is used.', cause: 'expiry is decided by a sweeper, or by the start time of the transaction' },
  { id: 'IDEM-09', needs: 'locks streams idempotency durable MP F', text: 'A crash while a request runs is recoverable and never causes a false replay.', cause: 'a pending record is replayed as an answer' },
  { id: 'IDEM-10', needs: 'idempotency ttl MP', text: 'The sweeper deletes only records that are expired at the moment of deletion.', cause: 'expired records are selected first and then deleted by token' },
  { id: 'IDEM-11', needs: 'idempotency', text: 'The token encoding is injective, scopes are isolated, and keys are validated.', cause: 'scope and key are joined without escaping' },
  { id: 'IDEM-12', needs: 'locks streams idempotency atomic durable MP F', text: 'The record exists if and only if the effect does.', cause: 'record and effect are written in two transactions' },
  { id: 'IDEM-13', needs: 'locks streams idempotency MP F', text: 'When the store cannot be read, the request fails; nothing executes unprotected.', cause: 'a read error is treated as absence' },
  { id: 'IDEM-14', needs: 'idempotency MP', text: 'A later answer never overwrites a stored success, and a failure is never replayed: when the request is repeated, it is executed.', cause: 'the record is upserted, or a 5xx answer is stored' },

  { id: 'EXP-01', needs: 'exports MP', text: 'Only the allowed transitions happen: pending to processing, processing to ready or failed, ready to expired; concurrent ones happen once.', cause: 'the status is written without a comparison with the old one' },
  { id: 'EXP-02', needs: 'exports exportClaims MP', text: 'Only one worker claims a job.', cause: 'select, then update' },
  { id: 'EXP-03', needs: 'exports MP', text: 'A ready job has a URL, an expiry and a row count, even for readers that run during the transition.', cause: 'the job becomes ready before its file is stored' },
  { id: 'EXP-04', needs: 'exports exportClaims MP F', text: 'The job of a stalled worker is claimed again, and its late finish is refused.', cause: 'finish looks up the job by its id alone' },
  { id: 'EXP-05', needs: 'exports MP', text: 'A list by owner contains exactly the jobs of that owner.', cause: 'the owner is not part of the query' },
  { id: 'EXP-06', needs: 'exports MP', text: 'An expired job has no URL.', cause: 'the URL is kept when the job expires' },

  { id: 'AUD-01', needs: 'exports MP', text: 'The audit is append-only through every call; deleting a job keeps its audit records.', cause: 'an upsert, or a cascade on delete' },
  { id: 'AUD-02', needs: 'locks exports atomic', text: 'An audit record and its change commit together: one record for each requested job, each URL handed out and each expiry, and none for a change that is rolled back.', cause: 'the audit is written outside the transaction' },

  { id: 'TX-01', needs: 'locks streams activity atomic MP', text: 'No partial write is ever visible, and a failed section leaks nothing into the next user of its connection.', cause: 'several statements without a transaction' },
  { id: 'TX-02', needs: 'locks streams atomic', text: 'A commit that the storage answers with ROLLBACK is an error.', cause: 'the command tag of COMMIT is not checked' },
  { id: 'TX-03', needs: 'locks streams atomic MP F', text: 'A commit whose answer is lost is OUTCOME_UNKNOWN and is never repeated blindly.', cause: 'a retry on any connection error' },
  { id: 'TX-04', needs: 'locks streams durable MP F', text: 'Acknowledged writes survive a killed process and, if declared, a crashed storage server.', cause: 'write-behind, asynchronous commit, unlogged tables' },
  { id: 'TX-05', needs: 'locks streams atomic MP', text: 'A retry after a serialization failure or deadlock runs the whole callback again, or surfaces as a retryable error.', cause: 'only the failed statement is retried' },

  { id: 'X-01', needs: 'crossInstance MP', text: 'No state lives in the process: no instance serves what another instance has since changed.', cause: 'an instance-local cache' },
  { id: 'X-02', needs: 'streams replicas MP', text: 'Reads after writes go to the primary.', cause: 'a read from a lagging replica' },
  { id: 'X-03', needs: 'locks replicas MP', text: 'Locks are taken only on a writable primary.', cause: 'an advisory lock on a replica' },
  { id: 'X-04', needs: 'locks crossInstance MP', text: 'Instances of one fleet use the same lock for a stream, however they are configured.', cause: 'the lock key depends on the instance' },

  { id: 'ERR-01', text: 'Errors carry a code from the closed list, keep their cause, and are never raw driver errors.', cause: 'driver errors pass through' },
  { id: 'ERR-02', needs: 'F', text: 'Every call is bounded even if the storage does not answer.', cause: 'no statement timeout' },
  { id: 'ERR-03', text: 'A rejected input changes nothing.', cause: 'validation after the first write' },

  { id: 'LIFE-01', text: 'Connections are clean before reuse: no setting and no open transaction is left behind.', cause: 'SET without LOCAL, or a client that is released inside a transaction' },
  { id: 'LIFE-02', needs: 'F', text: 'The loss of a backend connection does not end the process, and the adapter recovers by itself.', cause: 'no error handler on the pool or on the client' },
  { id: 'LIFE-03', text: 'Failures leak no connection; close is bounded and idempotent; later calls are CLOSED.', cause: 'a client that is not released on error' },
  { id: 'LIFE-04', needs: 'MP', text: 'Concurrent first opens and migrations are safe.', cause: 'migrations run without a lock' },
  { id: 'LIFE-05', text: 'Two namespaces never see each other.', cause: 'the namespace is not part of the key' },

  { id: 'MIG-02', needs: 'locks streams migration MP', text: 'Instances at every stage of a migration exclude each other, and exclude versions that know only one side.', cause: 'both sides are written without the locks of both' },
  { id: 'MIG-03', needs: 'locks streams migration MP', text: 'While both sides are written, the old side decides: a failure of the new side neither fails nor repeats a write, and every copy that is owed to it is kept until it has the copy.', cause: 'the failure of the second write is logged and forgotten' },
  { id: 'MIG-04', needs: 'streams migration MP', text: 'Backfill copies every record without loss, overwrites nothing newer, brings back no deleted or expired record, and changes nothing when it runs again.', cause: 'a batch is written as it was read, whatever happened since' },
  { id: 'MIG-05', needs: 'streams migration', text: 'Comparison reports every difference between the sides, in records and in the order of lists, and nothing else; reads do not move to a side that differs.', cause: 'sets are compared instead of sequences, or ids instead of records' },
  { id: 'MIG-06', needs: 'locks streams migration', text: 'An operation ends in the stage in which it began: sections, requests and pages continue as if the stage had not changed.', cause: 'the flag is read again in the middle of a transaction' },
  { id: 'MIG-07', needs: 'locks streams authority MP', text: 'The storage decides who may write, in the statement that writes: it refuses writers that its state does not accept, whatever they had begun before, and never refuses readers; of concurrent callers that set the state, exactly one succeeds.', cause: 'the epoch is checked before the write, or by the writer itself' },
  { id: 'MIG-08', needs: 'locks streams migration MP', text: 'While the authority of a migration is handed over and back, every effect happens once, writers without the authority are refused, everything written is on both sides, and a job that a worker held is claimed again as its next attempt.', cause: 'instances are told who decides, but the storage is not' },
  { id: 'MIG-09', needs: 'streams migration', text: 'Reads move only when the last change has arrived: every answered write is read, on whichever side.', cause: 'what is owed to the new side is not checked before reads move' },
  { id: 'MIG-10', needs: 'locks streams migration MP', text: 'Whatever the new side does before it decides, at every stage: operations of the primary are answered and succeed, every effect happens once, and what is owed is copied afterwards.', cause: 'an operation waits for the new side without a bound, or fails with it' },
  { id: 'MIG-11', needs: 'streams migration', text: 'Reads move surface by surface and by share of the keys; a key that has moved is read on the new side as long as the share does not fall; shadow reads never answer a caller and never fail one.', cause: 'each read throws its own dice, or the shadow read is what is returned' },
];
