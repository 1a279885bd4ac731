/** What a run leaves: every report in its folder, what its reporters print, and the summary of a CI step. */
import { appendFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { renderAnnotations } from '../reports/annotations.ts';
import { findRenderer, RENDERERS } from '../reports/index.ts';
import { renderMarkdown } from '../reports/markdown.ts';
import type { RunResult } from '../reports/model.ts';
import { writeWhole } from '../scenarios/wholeFile.ts';
import type { CommandContext } from './context.ts';
import type { ReporterName } from './reporters.ts';

export interface Publication {
  readonly dir: string;
  readonly result: RunResult;
  /** At least one. */
  readonly reporters: readonly ReporterName[];
  /** What the reporter `terminal` prints last. */
  readonly closing: string;
}

/** A document is printed when it is the only thing asked for, so that stdout holds nothing else; else it is named. */
export function publish({ terminal, cwd, env }: CommandContext, publication: Publication): void {
  const { dir, result, reporters, closing } = publication;
  for (const renderer of RENDERERS) writeWhole(join(dir, renderer.file), renderer.render(result));
  for (const name of reporters) {
    const renderer = findRenderer(name);
    if (name === 'terminal') {
      terminal.out(closing);
      terminal.out(`report: ${relative(cwd, join(dir, 'report.html'))}`);
    } else if (renderer === undefined) {
      terminal.command(renderAnnotations(result).trimEnd());
    } else if (reporters.length === 1) {
      terminal.out(renderer.render(result).trimEnd());
    } else {
      terminal.out(`${name}: ${relative(cwd, join(dir, renderer.file))}`);
    }
  }
  const summary = env['GITHUB_STEP_SUMMARY'] ?? '';
  if (summary === '') return;
  try {
    appendFileSync(summary, `${renderMarkdown(result)}\n`);
  } catch (error) {
    terminal.error(`! GITHUB_STEP_SUMMARY: expected a file to add the summary to, got ${String(error)}`);
  }
}
