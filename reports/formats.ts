/** The names of what can be rendered, apart from the renderers: a command line that only explains itself needs no more. */

/** Of a run's result. */
export const RENDERER_NAMES = [
  'html',
  'json',
  'terminal',
  'junit',
  'markdown',
  'certificate',
  'badge',
] as const;
export type RendererName = (typeof RENDERER_NAMES)[number];

/** Of the list of clauses. */
export const CLAUSE_LIST_FORMATS = ['text', 'json', 'markdown'] as const;
export type ClauseListFormat = (typeof CLAUSE_LIST_FORMATS)[number];
