/** Kinds of records that are moved. */
export const MOVED_KINDS = ['streams', 'users', 'activity', 'idempotency', 'jobs', 'audit'] as const;
export type MovedKind = (typeof MOVED_KINDS)[number];
