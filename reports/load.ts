/** Reads a recorded result of any kind. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileReason } from '../scenarios/fileReason.ts';
import { LockstepError } from '../scenarios/lockstepError.ts';
import { readTextFile } from '../scenarios/textFile.ts';
import { COMPARE_VERSION } from './compare/model.ts';
import { recordedComparison } from './compare/recorded.ts';
import { HISTORY_VERSION } from '../suites/figures/history.ts';
import type { DrillReport } from './drill/model.ts';
import { recordedDrill } from './drill/recorded.ts';
import { recordedHistory } from './history/recorded.ts';
import { parseResult, parseRunResult } from './renderers/json.ts';
import { compareReportSchema } from './schema/compare.ts';
import { drillReportSchema } from './schema/drill.ts';
import { historyReportSchema } from './schema/history.ts';
import type { RunResult } from './model.ts';
import { recordedMutants } from './mutation/recorded.ts';
import { ALL_FILES, RUN_FILES, type Recorded } from './recorded.ts';
import { recordedRun } from './run/recorded.ts';
import { folderOfResult, isRunPath } from './folder/runFolder.ts';
import { mutationReportSchema } from './schema/mutants.ts';
import { stressReportSchema } from './schema/stress.ts';
import { recordedStress } from './stress/recorded.ts';
import type { StressReport } from './stress/model.ts';

/** By the kind that a result names. A result without a kind is a run. */
const PARSERS: Readonly<Record<string, (text: string, name: string) => Recorded>> = {
  run: (text, name) => recordedRun(parseRunResult(text, name)),
  stress: (text, name) => recordedStress(parseStress(text, name)),
  drill: (text, name) => recordedDrill(parseDrill(text, name)),
  compare: (text, name) =>
    recordedComparison(parseResult(text, name, { schema: compareReportSchema, version: COMPARE_VERSION })),
  history: (text, name) =>
    recordedHistory(parseResult(text, name, { schema: historyReportSchema, version: HISTORY_VERSION })),
  mutants: (text, name) =>
    recordedMutants(parseResult(text, name, { schema: mutationReportSchema, version: 1 })),
};

/**
 * The result recorded in `path`, a folder or a result file. Errors: RESULT_MISSING, RESULT_NOT_JSON, RESULT_VERSION,
 * RESULT_INVALID.
 */
export function loadRecorded(path: string): Recorded {
  const { file, text } = readResult(path);
  return (PARSERS[kindOf(text)] ?? PARSERS['run']!)(text, file);
}

/** Like loadRecorded, for a result that must be a run. Errors: also RESULT_VERSION for other kinds. */
export function loadRunResult(path: string): RunResult {
  const { file, text } = readResult(path);
  return parseRunResult(text, file);
}

/** A load with kept evidence, and the facts about it that only the result contains. */
export interface RecordedLoad {
  /** The folder of the evidence, relative to the result's. */
  readonly evidence: string;
  /** The target as the user named it. */
  readonly spec: string;
  /** 0: unknown. */
  readonly connections: number;
  readonly negativeControl: boolean;
}

/** The loads of the result in `path` whose evidence is kept. Errors: those of loadRecorded. */
export function recordedLoads(path: string): RecordedLoad[] {
  const { file, text } = readResult(path);
  switch (kindOf(text)) {
    case 'compare':
    case 'history':
    case 'mutants':
      return [];
    case 'drill':
      return [];
    case 'stress':
      return parseStress(text, file).runs.flatMap(({ evidence, target }) =>
        evidence === undefined ? [] : [{ evidence, spec: target, connections: 0, negativeControl: false }],
      );
    default:
      return parseRunResult(text, file).loads.map(({ evidence, target, connections, negativeControl }) => ({
        evidence,
        spec: target.spec,
        connections,
        negativeControl,
      }));
  }
}

function parseDrill(text: string, name: string): DrillReport {
  return parseResult(text, name, { schema: drillReportSchema, version: 1 });
}

function parseStress(text: string, name: string): StressReport {
  return parseResult(text, name, { schema: stressReportSchema, version: 1 });
}

function readResult(path: string): { readonly file: string; readonly text: string } {
  const folder = folderOfResult(path);
  const found = ALL_FILES.find(({ json }) => existsSync(join(folder, json))) ?? RUN_FILES;
  const file = join(folder, isRunPath(path) ? found.json : basename(path));
  try {
    return { file, text: readTextFile(file) };
  } catch (cause) {
    throw new LockstepError(
      'RESULT_MISSING',
      `${file}: expected a recorded result, got ${fileReason(cause)}. Name a folder that lockstep has written.`,
      { cause },
    );
  }
}

/** Any other text is passed to the parser of runs, which explains the problem. */
function kindOf(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
    return typeof kind === 'string' && Object.hasOwn(PARSERS, kind) ? kind : 'run';
  } catch {
    return 'run';
  }
}
