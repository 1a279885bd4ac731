/**
 * What the bridge does itself, clause by clause: the store has no such operation, so it earns nothing by it, and the
 * clause is not-applicable. A clause stays judged as soon as what it asks of is the store's own: its lock, what it
 * gives back of what was put into it, its rollback, its expiry. Where both have a part the store's part decides:
 *
 * - LOCK-11, STREAM-05, STREAM-08, IDEM-06, IDEM-07, IDEM-11: the bridge refuses what no record may hold, but what it
 *   lets through the store must lock, keep apart and give back exactly.
 * - STREAM-01, STREAM-07, STREAM-09: `set` and `get` are the store's; the bridge copies nothing.
 * - STREAM-03, IDEM-03: the settlement is lockstep's (or the author's), the lock that makes it safe the store's.
 * - IDEM-04, IDEM-08 (ttl): `get` of an expired record is the store's. The sweep (IDEM-10) is not.
 * What rests on the store is the bridge's only while one process alone uses it, and each call is done when it returns:
 * "get, then set" is one step within a process, and none between two, nor between two sections whose writes the store
 * holds back. With `crossInstance` or `atomic` these clauses are judged. The store can make the step whole (`step`) and
 * the times rise (`stamp`).
 *
 * - LIFE-03: that calls are CLOSED is the bridge's; that failures leave no lock behind and `drain` ends the store's.
 * - LIFE-05: that namespaces get stores of their own is the author's.
 */

/** The parts that the author wrote. They replace the bridge's parts, so their clauses count again. */
export interface OwnParts {
  /** Whether there is an encodeCursor or a decodeCursor. */
  readonly cursors: boolean;
  /** Whether there is a settle or a withdraw. */
  readonly protocol: boolean;
  /** Whether every instance opens the store again. */
  readonly crossInstance: boolean;
  /** Whether others see a section's writes only when the section ends. */
  readonly atomic: boolean;
}

const CHECKS = 'the bridge, which checks before it writes';
const LISTS = 'the bridge, which selects, sorts and pages';

/** Clauses that need nothing from the store. */
const ALWAYS: Readonly<Record<string, string>> = {
  // The store's withLock takes no signal.
  'LOCK-20': 'the bridge, which gives up waits',
  // Amounts, texts and JSON are checked before anything is called.
  'STREAM-06': CHECKS,
  'ERR-03': CHECKS,
};

/** Clauses about several calls of the store that the bridge makes one after another. */
const ALONE: Readonly<Record<string, string>> = {
  // `get` and then `set`, in one turn of the event loop.
  'STREAM-02': CHECKS,
  'STREAM-10': LISTS,
  // `some` and then `push`. An append-only store has no other write.
  'ACT-01': CHECKS,
  'ACT-02': CHECKS,
  'ACT-04': 'the bridge, which stamps times',
  'ACT-05': LISTS,
  'CUR-01': LISTS,
  'CUR-02': LISTS,
  'CUR-03': LISTS,
  'CUR-04': LISTS,
  'CUR-05': LISTS,
  'CUR-06': LISTS,
  'CUR-07': LISTS,
  'IDEM-10': 'the bridge, which sweeps',
  // Every move of a job goes through the bridge's table of transitions.
  'EXP-01': CHECKS,
  'EXP-03': CHECKS,
  'EXP-05': LISTS,
  'EXP-06': CHECKS,
  'AUD-01': CHECKS,
  // The provoked errors come from the bridge. An error of the store itself passes through unchanged and breaks other
  // clauses.
  'ERR-01': CHECKS,
  // putIfAbsent and insert. An author's own settlement decides itself what to store.
  'IDEM-01': CHECKS,
  'IDEM-02': CHECKS,
  'IDEM-14': CHECKS,
  'LIFE-04': 'the bridge, which opens the store once for a namespace',
};

/** Those of them in which an author's own settlement takes part. */
const SETTLED: readonly string[] = ['IDEM-01', 'IDEM-02', 'IDEM-14'];

/** Clauses by id, with what provides them: `TargetDefinition.provided` of a bridged store. */
export function providedClauses(own: OwnParts): Readonly<Record<string, string>> {
  const cursors = own.cursors ? {} : { 'CUR-08': "lockstep's own cursors" };
  if (own.crossInstance || own.atomic) return { ...ALWAYS, ...cursors };
  const alone = Object.entries(ALONE).filter(([id]) => !own.protocol || !SETTLED.includes(id));
  return { ...ALWAYS, ...Object.fromEntries(alone), ...cursors };
}
