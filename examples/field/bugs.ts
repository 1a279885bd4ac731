/** The public bugs whose mechanism a target of this folder repeats, and the clause that finds each. */
export interface Bug {
  /** The target's file, without its ending. */
  readonly name: string;
  readonly title: string;
  /** What the source reports, in our words. */
  readonly what: string;
  readonly sources: readonly string[];
  readonly clause: string;
}

export const BUGS: readonly Bug[] = [
  {
    name: 'firstOrCreate',
    title: 'Check first, then create',
    what: "Laravel's `firstOrCreate` looked for a record and inserted one if it found none. Two concurrent requests both find nothing, and the second insert fails on the unique key. `mongoose-findorcreate` was reported to leave two documents if there is no unique index.",
    sources: [
      'https://github.com/laravel/framework/pull/43844',
      'https://github.com/drudge/mongoose-findorcreate/issues/28',
    ],
    clause: 'IDEM-02',
  },
  {
    name: 'keyAlone',
    title: 'A key that answers for another request',
    what: 'A library found stored answers by their idempotency key alone: a client that used the key again with another body got the stored answer of the first request.',
    sources: ['https://github.com/josipmusa/idempotency4j/issues/12'],
    clause: 'IDEM-03',
  },
  {
    name: 'jsonbBody',
    title: 'An answer that comes back in another order',
    what: 'PostgreSQL documents that jsonb preserves neither white space nor the order of keys nor duplicate keys. A stored answer is then not replayed byte for byte.',
    sources: ['https://www.postgresql.org/docs/current/datatype-json.html'],
    clause: 'IDEM-06',
  },
  {
    name: 'expiringLock',
    title: 'A lock that expires while its holder works',
    what: "Bull's maintainer describes a worker that is slow, not dead, and does not renew its lock in time: the job counts as stalled, another worker starts it, and both may complete it.",
    sources: ['https://github.com/OptimalBits/bull/issues/308'],
    clause: 'LOCK-01',
  },
  {
    name: 'throwKeepsLock',
    title: 'A callback that throws keeps the lock',
    what: 'With `async-lock`, a callback in callback style that threw ended in an uncaught error, and the lock was not released. The maintainer considered it a bug and fixed it.',
    sources: ['https://github.com/rogierschouten/async-lock/issues/51'],
    clause: 'LOCK-02',
  },
  {
    name: 'nestedLock',
    title: 'A lock inside itself',
    what: 'Requesting a lock of the Web Locks API again while holding it waits forever. The authors say that this is intended, and documented it: the API does not promise otherwise. An adapter that builds on such a lock must handle nesting itself.',
    sources: ['https://github.com/w3c/web-locks/issues/33'],
    clause: 'LOCK-03',
  },
  {
    name: 'crc32Key',
    title: 'Two names, one checksum',
    what: 'A report to Symfony says that its PostgreSQL store uses the CRC-32 of a name as the key of an advisory lock, and CRC-32 collides easily. Two names with the same checksum then share a lock.',
    sources: ['https://github.com/symfony/symfony/issues/58838'],
    clause: 'LOCK-05',
  },
  {
    name: 'longTimer',
    title: 'A long wait that is over at once',
    what: 'Node.js treats a delay of more than 2147483647 ms as 1 ms, which it documents since this commit. A wait with such a timeout times out at once.',
    sources: ['https://github.com/nodejs/node/commit/7fd8f1371e'],
    clause: 'LOCK-13',
  },
  {
    name: 'foldedIds',
    title: 'Ids that differ only in case',
    what: "Unkey's ids contain upper and lower case letters, but its database ignored case: two different ids were equal to it.",
    sources: ['https://github.com/unkeyed/unkey/issues/4091'],
    clause: 'STREAM-02',
  },
  {
    name: 'amountAsNumber',
    title: 'Amounts beyond 2^53',
    what: 'JSON.parse turns 9196877626998785 into 9196877626998784, as a report to JSON-js shows. Numbers in JavaScript work like this; it is not a bug of that library.',
    sources: ['https://github.com/douglascrockford/JSON-js/issues/134'],
    clause: 'STREAM-05',
  },
  {
    name: 'sharedRecord',
    title: 'A cache that hands out its own object',
    what: 'The memory backend of `cached` returned a reference to the object that it stored: a caller that changed the returned object changed what later reads got. Because copies cost time, the maintainer preferred a note in the documentation.',
    sources: ['https://github.com/groupon/node-cached/issues/28'],
    clause: 'STREAM-07',
  },
  {
    name: 'threeByteTexts',
    title: 'Texts that end before an emoji',
    what: "Firefox Accounts' profile server stored display names in MySQL with at most three bytes per character: a name was cut off at its first emoji, and the request was answered with 200.",
    sources: ['https://github.com/mozilla/fxa-profile-server/issues/186'],
    clause: 'STREAM-08',
  },
  {
    name: 'millisecondCursor',
    title: 'Cursors that lose microseconds',
    what: 'A timestamptz has microseconds, but a JavaScript Date has milliseconds. Twenty describes pages that repeat rows because the cursor was made from a Date; node-postgres has an open issue about the conversion.',
    sources: [
      'https://github.com/twentyhq/twenty/pull/21083',
      'https://github.com/brianc/node-postgres/issues/1200',
    ],
    clause: 'CUR-01',
  },
  {
    name: 'offsetPages',
    title: 'Pages by offset',
    what: 'Taskcluster paged by size and offset: if rows are inserted in the meantime, a scan sees a row twice, and if rows are deleted, it skips some.',
    sources: ['https://github.com/taskcluster/taskcluster/issues/3278'],
    clause: 'CUR-05',
  },
  {
    name: 'twoWorkers',
    title: 'One job, two workers',
    what: 'In Bull, two workers could be notified of the same job. The second one took the lock after the first had already completed the job, and processed it again, because taking the lock did not check the state of the job.',
    sources: ['https://github.com/OptimalBits/bull/pull/377'],
    clause: 'EXP-02',
  },
  {
    name: 'idleError',
    title: 'An idle connection ends the process',
    what: "DBHub's pool of PostgreSQL connections had no listener for 'error'. When the server dropped an idle connection, the event ended the process, although no call was in progress.",
    sources: ['https://github.com/bytebase/dbhub/issues/422'],
    clause: 'LIFE-01',
  },
];
