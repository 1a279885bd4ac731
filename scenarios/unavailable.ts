/** The beginning of every reason that says that this machine lacks something. */
export const UNAVAILABLE = 'cannot be had here: ';
