/** What a child's threads share. It is a separate file because the watchdog's thread has little memory. */

/** The descriptor for lines between parent and child. stdin, stdout and stderr belong to the adapter. */
export const CHANNEL_DESCRIPTOR = 3;

/**
 * Indices into the 32-bit integers that the threads share: the grace period, the count of beats, and the first of the
 * three marks.
 */
export const SHARED = { grace: 0, beats: 1, marks: 2 } as const;
export const SHARED_LENGTH = 5;
/** The mark while no step is running. */
export const NO_MARK: number = -1;
