/** Defaults of options. */

/** The time for the programs of one clause, in seconds: twice what the slowest clause takes alone. */
export const DEFAULT_BUDGET_S = 60;
