/** Every mutant and every equivalent, one a line. */
import { eventOutsideTransaction } from './eventOutsideTransaction.ts';
import { jsonbBody } from './jsonbBody.ts';
import { LIFE_MUTANTS } from './life/index.ts';
import { LOCK_MUTANTS } from './locks/index.ts';
import { millisecondCursor } from './millisecondCursor.ts';
import { moduleMutex } from './moduleMutex.ts';
import type { Equivalent, Mutant } from './mutant.ts';
import { noLock } from './noLock.ts';
import { poolQueryInCallback } from './poolQueryInCallback.ts';
import { replayCheckOutsideLock } from './replayCheckOutsideLock.ts';
import { lockRow } from './equivalents/lockRow.ts';
import { reentrantLock } from './equivalents/reentrantLock.ts';
import { synchronousStores } from './equivalents/synchronousStores.ts';
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
  ...LOCK_MUTANTS,
  ...LIFE_MUTANTS,
];

export const EQUIVALENTS: readonly Equivalent[] = [lockRow, reentrantLock, synchronousStores, twoKeyLock];
