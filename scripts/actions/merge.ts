import { resolve } from 'node:path';
import { joinShards } from '../../reports/merge.ts';
import { loadRunResult, openRunFolder, requireApart } from '../../reports/runFolder.ts';
import { renderTerminal } from '../../reports/terminal.ts';
import type { CommandContext } from '../context.ts';
import { publish } from '../publish.ts';
import type { ReporterName } from '../reporters.ts';

export interface MergeFlags {
  readonly out?: string;
  readonly reporter?: readonly ReporterName[];
}

export function merge(
  context: CommandContext,
  dirs: readonly string[],
  { out, reporter = ['terminal'] }: MergeFlags,
): void {
  const { cwd, terminal, done } = context;
  // Before the folder is made: --out empties that of an earlier run.
  const result = joinShards(dirs.map((name) => ({ name, run: loadRunResult(resolve(cwd, name)) })));
  if (out !== undefined) requireApart(cwd, out, dirs);
  const target = result.certifications.map((certification) => certification.target.name).join(' ');
  using folder = openRunFolder({ cwd, time: new Date(), target, ...(out === undefined ? {} : { out }) });
  publish(context, {
    dir: folder.dir,
    result,
    reporters: reporter,
    closing: renderTerminal(result, terminal.style).trimEnd(),
  });
  done(result.exitStatus);
}
