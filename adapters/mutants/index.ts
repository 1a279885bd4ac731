/** Every mutant, one a line. */
import { eventOutsideTransaction } from './eventOutsideTransaction.ts';
import { finishByJobId } from './finishByJobId.ts';
import { finishWithoutClaim } from './finishWithoutClaim.ts';
import { jsonbBody } from './jsonbBody.ts';
import { millisecondCursor } from './millisecondCursor.ts';
import { moduleMutex } from './moduleMutex.ts';
import type { Mutant } from './mutant.ts';
import { naiveClaim } from './naiveClaim.ts';
import { noLock } from './noLock.ts';
import { poolQueryInCallback } from './poolQueryInCallback.ts';
import { replayCheckOutsideLock } from './replayCheckOutsideLock.ts';
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
  finishWithoutClaim,
  naiveClaim,
  finishByJobId,
];
