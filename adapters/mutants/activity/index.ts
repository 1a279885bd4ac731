/** Seeded bugs in how activity is appended and listed. */
import type { Mutant } from '../mutant.ts';
import { applicationClock, processClock } from './applicationClock.ts';
import { eventsGoWithStream } from './eventsGoWithStream.ts';
import { eventOfOtherStream } from './eventOfOtherStream.ts';
import { eventUpsert } from './eventUpsert.ts';
import { filterAfterPage } from './filterAfterPage.ts';
import { foldedFilter } from './foldedFilter.ts';
import { ignoredEvent } from './ignoredEvent.ts';
import { lastEventWins } from './lastEventWins.ts';
import { likeFilter } from './likeFilter.ts';
import { liveEvents } from './liveEvents.ts';
import { nowBeforeLock } from './nowBeforeLock.ts';
import { prefixFilter } from './prefixFilter.ts';
import { requestTime } from './requestTime.ts';
import { tailDeclaredComplete } from './tailDeclaredComplete.ts';
import { typeIgnored } from './typeIgnored.ts';
import { viewListOutside } from './viewListOutside.ts';

export const ACTIVITY_MUTANTS: readonly Mutant[] = [
  applicationClock,
  eventsGoWithStream,
  eventOfOtherStream,
  eventUpsert,
  filterAfterPage,
  foldedFilter,
  ignoredEvent,
  lastEventWins,
  likeFilter,
  liveEvents,
  nowBeforeLock,
  prefixFilter,
  processClock,
  requestTime,
  tailDeclaredComplete,
  typeIgnored,
  viewListOutside,
];
