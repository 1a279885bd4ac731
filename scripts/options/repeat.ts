/** The parts of a `repeat` line that several commands share. */
import { isPublic } from '../../adapters/provision/serverUrl.ts';
import { parseWhere } from '../../adapters/provision/where.ts';
import { commandLine, quote } from '../../reports/words/commandLine.ts';
import { timeText } from './options.ts';
import type { CompareFlags } from '../compare/flags.ts';
import { ALLOW_OPTION } from '../../scenarios/faults/allowOption.ts';
import { sparedServer, type ServerRights } from '../../scenarios/faults/sparing.ts';
import type { FaultOptions } from '../../scenarios/load/run/options.ts';

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

/** `--pg` and what may be done to that server; empty for the default. */
export function serverPart(rights: ServerRights): string {
  const part = pgPart(rights.pg);
  const isNeeded = rights.allowFaultsOnServer === true && sparedServer({ pg: rights.pg }) !== undefined;
  return isNeeded ? `${part} ${ALLOW_OPTION}` : part;
}

/** The command that drives a load again. */
export function loadLine(load: {
  readonly targets: readonly string[];
  readonly mix: string;
  readonly processes?: number;
  readonly drivers: number;
  readonly connections: number;
  readonly length: { readonly duration?: number; readonly operations?: number };
  readonly rate?: number | 'auto';
  /** Seconds. */
  readonly warmup?: number;
  readonly faults: FaultOptions | undefined;
  readonly threshold?: readonly string[];
  readonly seed: number;
  readonly pg: string;
  readonly allowFaultsOnServer?: boolean;
}): string {
  const { targets, mix, processes, drivers, connections, length, rate, warmup, faults, seed } = load;
  const { threshold = [] } = load;
  return commandLine(
    'load',
    targets,
    {
      mix,
      processes,
      drivers,
      connections,
      ...length,
      rate,
      warmup: warmup === undefined ? undefined : timeText(warmup),
      fault: faults?.names,
      strikes: faults?.strikes,
      seed,
    },
    behind(threshold, load),
  );
}

/** What may be repeated, and what must not be quoted. */
function behind(thresholds: readonly string[], rights: ServerRights): string {
  const given = thresholds.map((text) => `--threshold ${quote(text)}`);
  return [...given, serverPart(rights)].filter((part) => part !== '').join(' ');
}

/** The command that compares again. */
export function compareLine(specs: readonly string[], flags: CompareFlags, seed: number): string {
  const { base, mix, processes, drivers, connections, operations, rounds, rate, gate, floor } = flags;
  const { warmup, threshold = [] } = flags;
  return commandLine(
    'compare',
    specs,
    {
      base,
      mix,
      processes,
      drivers,
      connections,
      operations,
      rounds,
      rate,
      warmup: warmup === undefined ? undefined : timeText(warmup),
      'no-floor': !floor,
      gate,
      seed,
    },
    behind(threshold, flags),
  );
}
