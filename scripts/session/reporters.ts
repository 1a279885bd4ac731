/** What a run can be published as, beside the reports in its folder. */

/** `terminal` and `github` are lines in a log, the others documents. */
export const REPORTERS = ['terminal', 'junit', 'markdown', 'github', 'json'] as const;
export type ReporterName = (typeof REPORTERS)[number];
