/** Every mutant and every equivalent, one a line. */
import { eventOutsideTransaction } from './eventOutsideTransaction.ts';
import { EXPORT_MUTANTS } from './exports/index.ts';
import { IDEMPOTENCY_MUTANTS } from './idempotency/index.ts';
import { jsonbBody } from './jsonbBody.ts';
import { millisecondCursor } from './millisecondCursor.ts';
import { moduleMutex } from './moduleMutex.ts';
import type { Equivalent, Mutant } from './mutant.ts';
import { noLock } from './noLock.ts';
import { poolQueryInCallback } from './poolQueryInCallback.ts';
import { replayCheckOutsideLock } from './replayCheckOutsideLock.ts';
import { base64Body } from './equivalents/base64Body.ts';
import { expiredGoOnRead } from './equivalents/expiredGoOnRead.ts';
import { putSaysLater } from './equivalents/putSaysLater.ts';
import { putWaits } from './equivalents/putWaits.ts';
import { twoKeyLock } from './equivalents/twoKeyLock.ts';
import { unlockBeforeCommit } from './unlockBeforeCommit.ts';

export const MUTANTS: readonly Mutant[] = [
  moduleMutex,
  noLock,
  unlockBeforeCommit,
  replayCheckOutsideLock,
  millisecondCursor,
  jsonbBody,
  eventOutsideTransaction,
  poolQueryInCallback,
  ...IDEMPOTENCY_MUTANTS,
  ...EXPORT_MUTANTS,
];

export const EQUIVALENTS: readonly Equivalent[] = [
  twoKeyLock,
  base64Body,
  expiredGoOnRead,
  putSaysLater,
  putWaits,
];
