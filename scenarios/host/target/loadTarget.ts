/** Imports a target's module. Problems become a TARGET_FAILED with a message for the target's author. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, parse, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseTarget, type Target } from '../../../adapters/contract/index.ts';
import type { LockstepError } from '../../lockstepError.ts';
import { bounded } from '../process/bounded.ts';
import { IMPORT_BOUND_MS } from '../process/bounds.ts';
import { caught, messageOf } from '../language/caught.ts';
import type { TargetReference } from '../process/commands.ts';
import type { FailureKind } from '../process/failure.ts';
import { targetFailed } from '../process/failed.ts';
import { codeRoot } from '../../process/entry.ts';
import { defaultExport, importByNode, prepareImport, type ImportModule } from '../importModule.ts';

/**
 * Loads and checks the target in the module, or that of a move between two. Rejects with TARGET_FAILED. `importModule`:
 * default is that of Node.js, with support for TypeScript.
 */
export async function loadTarget(
  reference: TargetReference,
  importModule: ImportModule = importByNode,
): Promise<Target> {
  const { spec, move } = reference;
  const module = await moduleAt(reference, importModule);
  const candidate = move === undefined ? defaultExport(module) : await moveIn(module, move, importModule);
  if (candidate === undefined)
    throw failure(
      'no-default-export',
      `Expected ${spec} to have a default export, a target; it has none. Write: export default defineTarget({ … }).`,
    );
  const parsed = parseTarget(candidate);
  if ('target' in parsed) return parsed.target;
  throw noTarget(`${spec}: the default export is not a target`, parsed.problems);
}

/** The target that moves records from one target to the other. */
async function moveIn(
  module: unknown,
  move: NonNullable<TargetReference['move']>,
  importModule: ImportModule,
): Promise<unknown> {
  const { migrationTarget } = module as {
    readonly migrationTarget: (options: Record<string, unknown>) => unknown;
  };
  const { stage } = move;
  const old = await loadTarget(move.old, importModule);
  const other = await loadTarget(move.new, importModule);
  return migrationTarget({ name: 'migration', old, new: other, stage, follow: true });
}

async function moduleAt(reference: TargetReference, importModule: ImportModule): Promise<unknown> {
  const path = fileURLToPath(reference.url);
  if (!existsSync(path))
    throw failure(
      'not-found',
      `Expected a target module at ${path} (named as "${reference.spec}"); there is no such file.`,
    );
  if (importModule === importByNode) await prepareImport(reference.url);
  const imported = await bounded(() => importModule(reference.url), IMPORT_BOUND_MS);
  if (imported.status === 'error') throw explained(imported.error, reference);
  if (imported.status === 'hung')
    throw failure(
      'timed-out',
      `Expected ${reference.spec} to be imported within ${IMPORT_BOUND_MS / 1000} s; it was not. Look for a top-level await that never ends.`,
    );
  return imported.value;
}

function noTarget(
  what: string,
  problems: readonly string[],
  error?: unknown,
): LockstepError<'TARGET_FAILED'> {
  return failure('invalid-target', `${what}:\n${problems.map((line) => `  ${line}`).join('\n')}`, error);
}

/** The problems that `defineTarget` threw, possibly that of another copy of lockstep. */
function problemsIn(error: unknown): readonly string[] | undefined {
  const problems = error instanceof Error ? (error as { readonly problems?: unknown }).problems : undefined;
  return Array.isArray(problems) ? problems.map(String) : undefined;
}

function explained(error: unknown, reference: TargetReference): LockstepError<'TARGET_FAILED'> {
  const problems = problemsIn(error);
  if (problems !== undefined) {
    const at = placeOf(error);
    return noTarget(
      `${reference.spec} defines no target${at === undefined ? '' : ` (${at})`}`,
      problems,
      error,
    );
  }
  const compile = compileProblem(error, fileURLToPath(reference.url));
  if (compile !== undefined)
    return failure('does-not-compile', `${reference.spec} does not compile: ${compile}`, error);
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  const hint =
    code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
      ? ' Install what it imports, or correct the path.'
      : '';
  const [firstLine] = messageOf(error).split('\n');
  const place = placeOf(error);
  return failure(
    'import-failed',
    `${reference.spec} could not be imported: ${firstLine}${place === undefined ? '' : ` (${place})`}.${hint}`,
    error,
  );
}

/** `file:line:column: what`, if the error comes from the compiler or the parser. */
function compileProblem(error: unknown, path: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'TransformError') {
    const [, file, line, column, what] = TRANSFORM_PROBLEM.exec(error.message) ?? [];
    if (file === undefined) return error.message;
    // The compiler treats every TypeScript file as a .ts file.
    const named = parse(file).name === parse(path).name ? path : file;
    return `${named}:${line}:${Number(column) + 1}: ${what}`;
  }
  if (error.name !== 'SyntaxError') return undefined;
  const place = parserPlace(path);
  return place === undefined ? error.message : `${place}: ${error.message}`;
}

const TRANSFORM_PROBLEM = /^(.+):(\d+):(\d+): ERROR: (.*)$/m;
const PARSER_BOUND_MS = 5000;

/** Node reports the place of a SyntaxError only when it runs the file itself. */
function parserPlace(path: string): string | undefined {
  const { stderr } = spawnSync(process.execPath, ['--check', path], {
    encoding: 'utf8',
    timeout: PARSER_BOUND_MS,
  });
  return /^(?:file:\/\/)?(\/.*:\d+)$/m.exec(stderr)?.[1];
}

/** Parts of stack frames that belong to Node.js, to packages, or to lockstep's own checks. */
const NOT_THE_USERS: readonly string[] = ['node:', 'node_modules', join(codeRoot, 'adapters', sep)];

/** The first place in the error's stack that lies in a user's file. */
function placeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const frames = (error.stack ?? '').split('\n').filter((line) => line.trim().startsWith('at '));
  const frame = frames.find((line) => !NOT_THE_USERS.some((part) => line.includes(part)));
  return /\(?((?:file:\/\/)?\/[^()]*:\d+:\d+)\)?$/.exec(frame ?? '')?.[1];
}

function failure(kind: FailureKind, message: string, error?: unknown): LockstepError<'TARGET_FAILED'> {
  return targetFailed({
    stage: 'load',
    kind,
    message,
    ...(error === undefined ? {} : { caught: caught(error) }),
  });
}
