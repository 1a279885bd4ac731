/** What holds unless the caller says otherwise. */

/** Seconds for the programs of one clause: twice what the slowest takes alone. */
export const DEFAULT_BUDGET_S = 60;
