import { CLAUSE_LIST_RENDERERS } from '../../reports/pages/clauseList.ts';
import type { ClauseListFormat } from '../../reports/formats.ts';
import { EXECUTABLE } from '../../suites/executable.ts';
import type { CommandContext } from '../context.ts';

export function clauses({ terminal }: CommandContext, format: ClauseListFormat): void {
  terminal.out(CLAUSE_LIST_RENDERERS[format](EXECUTABLE));
}
