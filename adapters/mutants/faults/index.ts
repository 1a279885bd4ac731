/** Seeded bugs that only a fault shows: a crash, a lost connection, a silent storage. */
import type { Mutant } from '../mutant.ts';
import { asyncCommit } from './asyncCommit.ts';
import { commitInBackground } from './commitInBackground.ts';
import {
  blindCommitRetry,
  commitLossConflict,
  commitLossSuccess,
  commitLossUnavailable,
  preparedCommitLoss,
} from './lostCommits.ts';
import { noIdleBound } from './noIdleBound.ts';
import { pendingForever, pendingReplayed } from './pendingTokens.ts';
import { noCallBound, noErrorHandler, poolNotRenewed } from './pools.ts';
import { readFailureAbsent } from './readFailureAbsent.ts';
import { recordAfterCommit } from './recordAfterCommit.ts';
import { recordBeforeEffect } from './recordBeforeEffect.ts';
import { unloggedTables, unloggedTokens } from './unloggedTables.ts';

export const FAULT_MUTANTS: readonly Mutant[] = [
  asyncCommit,
  blindCommitRetry,
  commitInBackground,
  commitLossConflict,
  commitLossSuccess,
  commitLossUnavailable,
  noCallBound,
  noErrorHandler,
  noIdleBound,
  pendingForever,
  pendingReplayed,
  poolNotRenewed,
  preparedCommitLoss,
  readFailureAbsent,
  recordAfterCommit,
  recordBeforeEffect,
  unloggedTables,
  unloggedTokens,
];
