/** The parts of a `repeat` line that several commands share. */
import { isPublic } from '../adapters/postgres/server/serverUrl.ts';
import { parseWhere } from '../adapters/postgres/server/where.ts';
import { quote } from '../reports/words.ts';
import type { FaultOptions } from '../scenarios/load/options.ts';

/**
 * `--pg` as it has to be given again; empty for the default. A report is shown to others, so a URL that holds a
 * password is left to the variable that it should be in.
 */
export function pgPart(pg: string): string {
  const where = parseWhere(pg);
  if (where === undefined || where.kind === 'embedded') return '';
  if (where.kind === 'docker' || isPublic(pg)) return `--pg ${quote(pg)}`;
  return '--pg "$LOCKSTEP_PG"';
}

/** The command that drives a load again. */
export function loadLine(load: {
  readonly targets: readonly string[];
  readonly mix: string;
  readonly processes: number;
  readonly drivers: number;
  readonly connections: number;
  readonly length: { readonly duration?: number; readonly operations?: number };
  readonly faults: FaultOptions | undefined;
  readonly seed: number;
  readonly pg: string;
}): string {
  const { targets, mix, processes, drivers, connections, length, faults, seed, pg } = load;
  return [
    `lockstep load ${targets.join(' ')} --mix ${mix} --processes ${processes}`,
    `--drivers ${drivers} --connections ${connections}`,
    ...Object.entries(length).map(([name, value]) => `--${name} ${value}`),
    ...(faults === undefined ? [] : [`--fault ${faults.names.join(',')} --strikes ${faults.strikes}`]),
    `--seed ${seed}`,
    pgPart(pg),
  ]
    .filter((part) => part !== '')
    .join(' ');
}
