/** The formats of the list of clauses. */
export const CLAUSE_LIST_FORMATS = ['text', 'json', 'markdown'] as const;
export type ClauseListFormat = (typeof CLAUSE_LIST_FORMATS)[number];
