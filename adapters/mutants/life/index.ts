/** Mutants of connections, errors and the adapter's life, one a line. */
import type { Mutant } from '../mutant.ts';
import {
  descriptorLeft,
  errorAfterClose,
  serverLeftOpen,
  waiterForgotten,
  watcherOfWaiters,
  listenerLeft,
} from './beside.ts';
import { closeClosesAll, closeHangs, closeTwiceFails, reconnectsAfterClose } from './closing.ts';
import { clientLeakOnError, clientLeakOnWrite } from './connections.ts';
import { badIdUnavailable, duplicateUnavailable } from './endlessRetries.ts';
import { partlyStored, rawDriverError, rawLockTimeout } from './errors.ts';
import { firstOpenRace } from './firstOpenRace.ts';
import { innerRetry, statementsReplayed } from './innerRetry.ts';
import { joinedKeyCache, joinedKeyLock, sharedTable, tokenCacheOfAll } from './namespaces.ts';
import { putInSavepoint } from './putInSavepoint.ts';

export const LIFE_MUTANTS: readonly Mutant[] = [
  badIdUnavailable,
  clientLeakOnError,
  clientLeakOnWrite,
  closeClosesAll,
  closeHangs,
  closeTwiceFails,
  descriptorLeft,
  duplicateUnavailable,
  errorAfterClose,
  firstOpenRace,
  innerRetry,
  joinedKeyCache,
  joinedKeyLock,
  partlyStored,
  putInSavepoint,
  rawDriverError,
  rawLockTimeout,
  reconnectsAfterClose,
  serverLeftOpen,
  sharedTable,
  statementsReplayed,
  tokenCacheOfAll,
  waiterForgotten,
  watcherOfWaiters,
  listenerLeft,
];
