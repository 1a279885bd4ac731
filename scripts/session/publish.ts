/**
 * Writes the reports of a run into its folder, prints what its reporters request, and writes the summary of a CI step.
 */
import { appendFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { rendererOf, RENDERERS } from '../../reports/index.ts';
import { drawMarkdown } from '../../reports/document/markdown/draw.ts';
import { outgoing } from '../../reports/words/printable.ts';
import type { Recorded } from '../../reports/recorded.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { writeWhole } from '../../scenarios/wholeFile.ts';
import type { CommandContext } from '../context.ts';
import type { ReporterName } from './reporters.ts';

export interface Publication {
  readonly dir: string;
  readonly recorded: Recorded;
  /** At least one. */
  readonly reporters: readonly ReporterName[];
  /** What the reporter `terminal` prints last. */
  readonly closing: string;
  /** The only report to write. Default: every one. */
  readonly format?: string | undefined;
}

/** Writes the reports, and says where they are. */
export function publish(context: CommandContext, publication: Publication): void {
  const { dir, recorded, format } = publication;
  writeReports(dir, recorded, format);
  announce(context, publication);
}

/**
 * If a single document is requested, it is printed, so that stdout contains nothing else. Otherwise only its path is
 * printed.
 */
export function announce(
  { terminal, cwd, env }: CommandContext,
  { dir, recorded, reporters, closing }: Omit<Publication, 'format'>,
): void {
  for (const name of reporters) {
    if (name === 'terminal') {
      terminal.out(closing);
      terminal.out(`report: ${relative(cwd, join(dir, `${recorded.files.stem}.html`))}`);
      continue;
    }
    const { file, render } = rendererOf(name);
    if (file === undefined) terminal.command(render(recorded)?.trimEnd() ?? '');
    else if (reporters.length === 1) terminal.out(render(recorded)?.trimEnd() ?? '');
    else terminal.out(`${name}: ${relative(cwd, join(dir, file(recorded.files)))}`);
  }
  const summary = env['GITHUB_STEP_SUMMARY'] ?? '';
  if (summary === '') return;
  try {
    appendFileSync(summary, `${outgoing(drawMarkdown(recorded.document), false)}\n`);
  } catch (error) {
    terminal.error(`! GITHUB_STEP_SUMMARY: expected a file to add the summary to, got ${String(error)}`);
  }
}

/**
 * Writes every report of a result into its folder, or only `format`. Returns the names of the files. Throws USAGE if the
 * result does not have this format.
 */
export function writeReports(dir: string, recorded: Recorded, format?: string): string[] {
  const files = RENDERERS.flatMap(({ name, file, render }) => {
    if (file === undefined || (format !== undefined && name !== format)) return [];
    const text = render(recorded);
    return text === undefined ? [] : [{ path: file(recorded.files), text }];
  });
  if (format !== undefined && files.length === 0) throw lacksFormat(recorded, format);
  for (const { path, text } of files) writeWhole(join(dir, path), text);
  return files.map(({ path }) => path);
}

function lacksFormat(recorded: Recorded, format: string): LockstepError {
  const has = RENDERERS.filter(({ file, render }) => file !== undefined && render(recorded) !== undefined);
  return new LockstepError(
    'USAGE',
    `--format: expected a format that ${recorded.files.json} can be rendered in, got ${format}. It has ${has.map(({ name }) => name).join(', ')}. Nothing was written.`,
  );
}
