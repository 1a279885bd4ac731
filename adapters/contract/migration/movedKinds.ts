/** The kinds of records that a move between storages copies. */
export const MOVED_KINDS = ['streams', 'users', 'activity', 'idempotency', 'jobs', 'audit'] as const;
export type MovedKind = (typeof MOVED_KINDS)[number];
