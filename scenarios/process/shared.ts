/** What a child's threads share. Alone in its file, for the watchdog's thread has little memory. */

/** The descriptor that parent and child speak over. stdin, stdout and stderr belong to the adapter. */
export const CHANNEL_DESCRIPTOR = 3;

/** Indexes into the threads' shared 32-bit integers: the grace, the count of beats, and the first of the three marks. */
export const SHARED = { grace: 0, beats: 1, marks: 2 } as const;
export const SHARED_LENGTH = 5;
/** The mark of a thread that is at nothing in particular. */
export const NO_MARK: number = -1;
