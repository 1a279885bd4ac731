/** Stands in every reason that says that this machine lacks something, before what it lacks. */
export const UNAVAILABLE = 'cannot be had here: ';
