/** Seeded bugs in lists, scans and the cursors between their pages. */
import type { Mutant } from '../mutant.ts';
import { badCursorFirstPage } from './badCursorFirstPage.ts';
import { barSplit } from './barSplit.ts';
import { cappedPage } from './cappedPage.ts';
import { clampedLookahead } from './clampedLookahead.ts';
import { deadRowCursor } from './deadRowCursor.ts';
import { defaultCollation } from './defaultCollation.ts';
import { endlessList } from './endlessList.ts';
import { exactPageIsLast } from './exactPageIsLast.ts';
import { foreignCursor } from './foreignCursor.ts';
import { idRising } from './idRising.ts';
import { inclusiveCursor } from './inclusiveCursor.ts';
import { inclusiveScan } from './inclusiveScan.ts';
import { latin1Codec } from './latin1Codec.ts';
import { lenientCodec } from './lenientCodec.ts';
import { lenientCursor } from './lenientCursor.ts';
import { mixedCollation } from './mixedCollation.ts';
import { offByOneCursor } from './offByOneCursor.ts';
import { offsetPaging } from './offsetPaging.ts';
import { refusedByStorage } from './refusedByStorage.ts';
import { roundedTime } from './roundedTime.ts';
import { offsetPastRow, seekByRow } from './seekByRow.ts';
import { sequenceOrder } from './sequenceOrder.ts';
import { serverSideCursor } from './serverSideCursor.ts';
import { timesAsText } from './timesAsText.ts';
import { timestampOnlyCursor } from './timestampOnlyCursor.ts';
import { updateOrder } from './updateOrder.ts';
import { utf16Order } from './utf16Order.ts';

export const CURSOR_MUTANTS: readonly Mutant[] = [
  badCursorFirstPage,
  barSplit,
  cappedPage,
  clampedLookahead,
  deadRowCursor,
  defaultCollation,
  endlessList,
  exactPageIsLast,
  foreignCursor,
  idRising,
  inclusiveCursor,
  inclusiveScan,
  latin1Codec,
  lenientCodec,
  lenientCursor,
  mixedCollation,
  offByOneCursor,
  offsetPaging,
  offsetPastRow,
  refusedByStorage,
  roundedTime,
  seekByRow,
  sequenceOrder,
  serverSideCursor,
  timesAsText,
  timestampOnlyCursor,
  updateOrder,
  utf16Order,
];
