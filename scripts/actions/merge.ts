import { resolve } from 'node:path';
import { joinShards } from '../../reports/merge.ts';
import { loadRunResult, runFolder } from '../../reports/runFolder.ts';
import { renderTerminal } from '../../reports/terminal.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
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
  if (out !== undefined && dirs.some((dir) => resolve(cwd, dir) === resolve(cwd, out))) {
    throw new LockstepError('USAGE', `--out ${out}: expected a folder of its own, got that of a shard.`);
  }
  const target = result.certifications.map((certification) => certification.target.name).join(' ');
  const dir = runFolder({ cwd, time: new Date(), target, ...(out === undefined ? {} : { out }) });
  publish(context, {
    dir,
    result,
    reporters: reporter,
    closing: renderTerminal(result, terminal.style).trimEnd(),
  });
  done(result.exitStatus);
}
