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
    title: 'Look first, then create',
    what: "Laravel's `firstOrCreate` looked for a record and inserted one where it found none. Of two requests at once both find nothing, and the insert of the second one fails on its unique key. `mongoose-findorcreate` was reported to leave two documents where there is no unique index.",
    sources: [
      'https://github.com/laravel/framework/pull/43844',
      'https://github.com/drudge/mongoose-findorcreate/issues/28',
    ],
    clause: 'IDEM-02',
  },
  {
    name: 'keyAlone',
    title: 'A key that answers for another request',
    what: 'A library kept stored answers by their idempotency key alone: a client that used the key again with another body was given the stored answer of the first one.',
    sources: ['https://github.com/josipmusa/idempotency4j/issues/12'],
    clause: 'IDEM-03',
  },
  {
    name: 'jsonbBody',
    title: 'An answer that comes back in another order',
    what: 'PostgreSQL documents that jsonb keeps neither white space nor the order of keys nor doubled keys. A stored answer is then not replayed byte by byte.',
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
    what: 'With `async-lock`, a callback in callback style that threw ended in an uncaught error, and the lock was not released. The maintainer took it for a bug and closed it with a fix.',
    sources: ['https://github.com/rogierschouten/async-lock/issues/51'],
    clause: 'LOCK-02',
  },
  {
    name: 'nestedLock',
    title: 'A lock inside itself',
    what: 'To ask for a lock of the Web Locks API again while holding it waits for ever. The authors say that this is meant, and documented it: the API does not promise otherwise. An adapter that builds on such a lock has to.',
    sources: ['https://github.com/w3c/web-locks/issues/33'],
    clause: 'LOCK-03',
  },
  {
    name: 'crc32Key',
    title: 'Two names, one checksum',
    what: 'A report to Symfony says that its PostgreSQL store makes the key of an advisory lock of the CRC-32 of a name, which collides easily. Two names with one checksum are then one lock.',
    sources: ['https://github.com/symfony/symfony/issues/58838'],
    clause: 'LOCK-05',
  },
  {
    name: 'longTimer',
    title: 'A long wait that is over at once',
    what: 'Node.js takes a delay of more than 2147483647 ms for 1 ms, and documents it since this commit. A wait with such a bound times out at once.',
    sources: ['https://github.com/nodejs/node/commit/7fd8f1371e'],
    clause: 'LOCK-13',
  },
  {
    name: 'foldedIds',
    title: 'Ids that differ only in case',
    what: "Unkey's ids have upper and lower case letters, and its database compared them without: two different ids were the same to it.",
    sources: ['https://github.com/unkeyed/unkey/issues/4091'],
    clause: 'STREAM-02',
  },
  {
    name: 'amountAsNumber',
    title: 'Amounts beyond 2^53',
    what: 'JSON.parse gives 9196877626998785 as 9196877626998784, as a report to JSON-js shows. It is how numbers are in JavaScript, and not a bug of that library.',
    sources: ['https://github.com/douglascrockford/JSON-js/issues/134'],
    clause: 'STREAM-05',
  },
  {
    name: 'sharedRecord',
    title: 'A cache that hands out its own object',
    what: "The memory backend of `cached` returned a reference to what it kept: who changed the returned object changed what later reads got. The maintainer preferred a note in the documentation, because of the copies' cost.",
    sources: ['https://github.com/groupon/node-cached/issues/28'],
    clause: 'STREAM-07',
  },
  {
    name: 'threeByteTexts',
    title: 'Texts that end before an emoji',
    what: "Firefox Accounts' profile server stored display names in MySQL with three bytes per character: from the first emoji on, a name was cut off, and the request answered 200.",
    sources: ['https://github.com/mozilla/fxa-profile-server/issues/186'],
    clause: 'STREAM-08',
  },
  {
    name: 'millisecondCursor',
    title: 'Cursors that lose microseconds',
    what: 'A timestamptz has microseconds and a Date of JavaScript has milliseconds. Twenty describes pages that repeat, since the cursor was made from a Date; node-postgres has an open issue on the conversion.',
    sources: [
      'https://github.com/twentyhq/twenty/pull/21083',
      'https://github.com/brianc/node-postgres/issues/1200',
    ],
    clause: 'CUR-01',
  },
  {
    name: 'offsetPages',
    title: 'Pages by offset',
    what: 'Taskcluster paged by size and offset: rows that are inserted meanwhile let a scan see a row twice, and rows that are deleted let it skip some.',
    sources: ['https://github.com/taskcluster/taskcluster/issues/3278'],
    clause: 'CUR-05',
  },
  {
    name: 'twoWorkers',
    title: 'One job, two workers',
    what: 'In Bull two workers could hear of the same job at once. The second one took the lock after the first had already completed the job, and processed it again, because taking the lock did not ask where the job was.',
    sources: ['https://github.com/OptimalBits/bull/pull/377'],
    clause: 'EXP-02',
  },
  {
    name: 'idleError',
    title: 'An idle connection ends the process',
    what: "DBHub's pool of PostgreSQL connections had no listener for 'error'. When the server dropped an idle connection, the event ended the process, although no call was under way.",
    sources: ['https://github.com/bytebase/dbhub/issues/422'],
    clause: 'LIFE-01',
  },
];
