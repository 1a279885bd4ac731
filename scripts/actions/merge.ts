import { resolve } from 'node:path';
import { defined } from '../../adapters/contract/defined.ts';
import { joinShards } from '../../reports/merge.ts';
import { drawDocument } from '../../reports/document/terminal/draw.ts';
import { loadRunResult } from '../../reports/load.ts';
import { recordedRun } from '../../reports/run/recorded.ts';
import { openRunFolder, requireApart } from '../../reports/folder/runFolder.ts';
import type { CommandContext } from '../context.ts';
import { publish } from '../session/publish.ts';
import type { ReporterName } from '../session/reporters.ts';

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
  // Before the folder is created, because --out removes the files of an earlier run.
  const result = joinShards(dirs.map((name) => ({ name, run: loadRunResult(resolve(cwd, name)) })));
  if (out !== undefined) requireApart(cwd, out, dirs);
  const target = result.certifications.map((certification) => certification.target.name).join(' ');
  using folder = openRunFolder({ cwd, time: new Date(), target, ...defined({ out }) });
  const recorded = recordedRun(result);
  publish(context, {
    dir: folder.dir,
    recorded,
    reporters: reporter,
    closing: drawDocument(recorded.document, terminal.style).trimEnd(),
  });
  done(result.exitStatus);
}
