/** Mutants of the idempotency store. */
import type { Mutant } from '../mutant.ts';
import { ambientBegin } from './ambientBegin.ts';
import { bestEffortRecord } from './bestEffortRecord.ts';
import { bodyCut, bodyLatin1, bodyNewline, bodyNormalized, bodyTrimmed, statusFolded } from './bodies.ts';
import { checkThenAct } from './checkThenAct.ts';
import {
  expiredReplayedByBegin,
  finishForAnotherRequest,
  finishNeverExpires,
  replayReserialized,
} from './claims.ts';
import {
  cachedExpiryClock,
  localExpiry,
  expiredReplayed,
  expiryByOwnClock,
  expiryByProcessClock,
  expiryByTransaction,
  expiryCutToSeconds,
  lifetimeInSeconds,
  neverIsADay,
  neverIsExpired,
} from './expiry.ts';
import { failedInsertLives } from './failedInsertLives.ts';
import { fingerprintCut } from './fingerprintCut.ts';
import { insertUpserts } from './insertUpserts.ts';
import { liveRecords } from './liveRecords.ts';
import { naiveTakeover } from './naiveTakeover.ts';
import { claimOfATimer, largeBodyDropped, timerExpiry } from './limits.ts';
import { lookupBestEffort, serverErrorCached, streamNotInFingerprint } from './ownProtocols.ts';
import { plainAnyBody, plainLookupEarly, plainStateEarly } from './plainSettlements.ts';
import { putBothStored, putLoserAbsent, putLoserOwn } from './putAnswers.ts';
import { refusalOverwrites } from './refusalOverwrites.ts';
import { storedAfterCommit } from './storedAfterCommit.ts';
import {
  sweeperAhead,
  sweeperByToken,
  sweeperMiscounts,
  sweeperTakesEternal,
  sweeperWithoutLimit,
} from './sweepers.ts';
import {
  expiredBlocks,
  takeoverKeepsBody,
  takeoverKeepsCreation,
  takeoverKeepsExpiry,
  takeoverKeepsRequest,
} from './takeovers.ts';
import { scopesMerged, tokenCaseFolded, tokenCut, tokenSeparatorsFolded } from './tokens.ts';
import { writeBehind } from './writeBehind.ts';

export const IDEMPOTENCY_MUTANTS: readonly Mutant[] = [
  ambientBegin,
  expiredReplayedByBegin,
  finishForAnotherRequest,
  finishNeverExpires,
  replayReserialized,
  bestEffortRecord,
  bodyCut,
  bodyLatin1,
  bodyNewline,
  bodyNormalized,
  bodyTrimmed,
  cachedExpiryClock,
  liveRecords,
  localExpiry,
  checkThenAct,
  expiredBlocks,
  expiredReplayed,
  expiryByOwnClock,
  expiryByProcessClock,
  expiryByTransaction,
  expiryCutToSeconds,
  failedInsertLives,
  fingerprintCut,
  insertUpserts,
  lifetimeInSeconds,
  claimOfATimer,
  largeBodyDropped,
  lookupBestEffort,
  timerExpiry,
  naiveTakeover,
  neverIsADay,
  neverIsExpired,
  plainAnyBody,
  plainLookupEarly,
  plainStateEarly,
  putBothStored,
  putLoserAbsent,
  putLoserOwn,
  refusalOverwrites,
  scopesMerged,
  serverErrorCached,
  streamNotInFingerprint,
  statusFolded,
  storedAfterCommit,
  sweeperAhead,
  sweeperByToken,
  sweeperMiscounts,
  sweeperTakesEternal,
  sweeperWithoutLimit,
  takeoverKeepsBody,
  takeoverKeepsCreation,
  takeoverKeepsExpiry,
  takeoverKeepsRequest,
  tokenCaseFolded,
  tokenCut,
  tokenSeparatorsFolded,
  writeBehind,
];
