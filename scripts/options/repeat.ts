/** The parts of a command that repeats a run, for several commands. */
import { isPublic } from '../../adapters/provision/serverUrl.ts';
import { parseWhere } from '../../adapters/provision/where.ts';
import { commandLine, quote } from '../../reports/words/commandLine.ts';
import { timeText } from './options.ts';
import type { CompareFlags } from '../compare/flags.ts';
import { ALLOW_OPTION } from '../../scenarios/faults/allowOption.ts';
import { sparedServer, type ServerRights } from '../../scenarios/faults/sparing.ts';
import type { FaultOptions } from '../../scenarios/load/run/options.ts';

/**
 * `--pg` for the repetition. Empty for the default. Reports are shown to others, so a URL with a password is replaced
 * by the variable that should contain it.
 */
export function pgPart(pg: string): string {
  const where = parseWhere(pg);
  if (where === undefined || where.kind === 'embedded') return '';
  if (where.kind === 'docker' || isPublic(pg)) return `--pg ${quote(pg)}`;
  return '--pg "$LOCKSTEP_PG"';
}

/** `--pg` and the permission to strike that server. Empty for the default. */
export function serverPart(rights: ServerRights): string {
  const part = pgPart(rights.pg);
  const isNeeded = rights.allowFaultsOnServer === true && sparedServer({ pg: rights.pg }) !== undefined;
  return isNeeded ? `${part} ${ALLOW_OPTION}` : part;
}

/** The command that repeats a load. */
export function loadLine(load: {
  readonly targets: readonly string[];
  readonly mix: string;
  readonly processes?: number;
  readonly drivers: number;
  readonly connections: number;
  readonly length: { readonly duration?: number; readonly operations?: number };
  readonly rate?: number | 'auto';
  /** In seconds. */
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

/** The options that come last: repeatable ones, and those that must not be quoted. */
function behind(thresholds: readonly string[], rights: ServerRights): string {
  const given = thresholds.map((text) => `--threshold ${quote(text)}`);
  return [...given, serverPart(rights)].filter((part) => part !== '').join(' ');
}

/** The command that repeats a comparison. */
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
