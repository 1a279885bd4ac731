/** Every mutant and every equivalent, one a line. */
import { ACTIVITY_MUTANTS } from './activity/index.ts';
import {
  appendAnswersOwnTime,
  auditAnswersOwnTime,
  endAnswersBefore,
  finishAnswersOwnTime,
  insertAnswersOwnTime,
  moveAnswersBefore,
  userAnswersOwnTime,
} from './answers.ts';
import { CACHE_MUTANTS } from './caches/index.ts';
import { CURSOR_MUTANTS } from './cursors/index.ts';
import { auditDetailsCut, eventDetailsCut } from './detailsCut.ts';
import { eventOutsideTransaction } from './eventOutsideTransaction.ts';
import { FAULT_MUTANTS } from './faults/index.ts';
import { finishByJobId } from './exports/finishByJobId.ts';
import { finishWithoutClaim } from './idempotency/finishWithoutClaim.ts';
import { EXPORT_MUTANTS } from './exports/index.ts';
import { ID_MUTANTS } from './ids/index.ts';
import { IDEMPOTENCY_MUTANTS } from './idempotency/index.ts';
import { jsonbBody } from './idempotency/jsonbBody.ts';
import { LEASE_MUTANTS } from './leases/index.ts';
import { LIFE_MUTANTS } from './life/index.ts';
import { LOCK_MUTANTS } from './locks/index.ts';
import { AUTHORITY_MUTANTS } from './authority/index.ts';
import { MIGRATION_MUTANTS } from './migration/index.ts';
import { millisecondCursor } from './millisecondCursor.ts';
import { moduleMutex } from './moduleMutex.ts';
import type { Equivalent, Mutant } from './mutant.ts';
import { naiveClaim } from './exports/naiveClaim.ts';
import { noLock } from './noLock.ts';
import { poolQueryInCallback } from './poolQueryInCallback.ts';
import { replayCheckOutsideLock } from './replayCheckOutsideLock.ts';
import { lateReads } from './equivalents/lateReads.ts';
import { lockAlone } from './equivalents/lockAlone.ts';
import { lockRow } from './equivalents/lockRow.ts';
import { reentrantLock } from './equivalents/reentrantLock.ts';
import { oneForAWriter } from './equivalents/oneForAWriter.ts';
import { reference } from './equivalents/reference.ts';
import { refusesWhileSet } from './equivalents/refusesWhileSet.ts';
import { serializableRetry } from './equivalents/serializableRetry.ts';
import { synchronousStores } from './equivalents/synchronousStores.ts';
import { cursorOnFullPage } from './equivalents/cursorOnFullPage.ts';
import { expandedKeyset } from './equivalents/expandedKeyset.ts';
import { frozenRecords } from './equivalents/frozenRecords.ts';
import { jsonbFields } from './equivalents/jsonbFields.ts';
import { millisecondStamps } from './equivalents/millisecondStamps.ts';
import { shortPages } from './equivalents/shortPages.ts';
import { base64Body } from './equivalents/base64Body.ts';
import { expiredGoOnRead } from './equivalents/expiredGoOnRead.ts';
import { preparedCommit } from './equivalents/preparedCommit.ts';
import { processWideTimer } from './equivalents/processWideTimer.ts';
import { putSaysLater } from './equivalents/putSaysLater.ts';
import { putWaits } from './equivalents/putWaits.ts';
import { strictCodec } from './equivalents/strictCodec.ts';
import { twoKeyLock } from './equivalents/twoKeyLock.ts';
import { uuidsAlone } from './equivalents/uuidsAlone.ts';
import { xminHorizon } from './equivalents/xminHorizon.ts';
import { laterAndStored, raceRefusedForEver, reservedThenFailed } from './races.ts';
import { plainSettlement } from './idempotency/plainSettlements.ts';
import { REPLICA_MUTANTS } from './replicas/index.ts';
import { STREAM_MUTANTS } from './streams/index.ts';
import { unlockBeforeCommit } from './unlockBeforeCommit.ts';

export const MUTANTS: readonly Mutant[] = [
  moduleMutex,
  noLock,
  unlockBeforeCommit,
  replayCheckOutsideLock,
  millisecondCursor,
  jsonbBody,
  auditDetailsCut,
  eventDetailsCut,
  appendAnswersOwnTime,
  auditAnswersOwnTime,
  endAnswersBefore,
  finishAnswersOwnTime,
  insertAnswersOwnTime,
  moveAnswersBefore,
  userAnswersOwnTime,
  eventOutsideTransaction,
  poolQueryInCallback,
  finishWithoutClaim,
  naiveClaim,
  finishByJobId,
  laterAndStored,
  raceRefusedForEver,
  reservedThenFailed,
  ...ACTIVITY_MUTANTS,
  ...AUTHORITY_MUTANTS,
  ...CACHE_MUTANTS,
  ...CURSOR_MUTANTS,
  ...EXPORT_MUTANTS,
  ...FAULT_MUTANTS,
  ...ID_MUTANTS,
  ...IDEMPOTENCY_MUTANTS,
  ...LEASE_MUTANTS,
  ...LIFE_MUTANTS,
  ...LOCK_MUTANTS,
  ...MIGRATION_MUTANTS,
  ...REPLICA_MUTANTS,
  ...STREAM_MUTANTS,
];

export const EQUIVALENTS: readonly Equivalent[] = [
  base64Body,
  cursorOnFullPage,
  expandedKeyset,
  expiredGoOnRead,
  frozenRecords,
  jsonbFields,
  lateReads,
  lockAlone,
  lockRow,
  millisecondStamps,
  plainSettlement,
  preparedCommit,
  processWideTimer,
  putSaysLater,
  putWaits,
  reentrantLock,
  oneForAWriter,
  reference,
  refusesWhileSet,
  serializableRetry,
  shortPages,
  strictCodec,
  synchronousStores,
  twoKeyLock,
  uuidsAlone,
  xminHorizon,
];
