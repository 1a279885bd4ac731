/** The other state of a target: in a folder, or as it was in a git commit. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { defined } from '../../adapters/contract/defined.ts';
import type { TargetReference } from '../../scenarios/host/index.ts';
import { isFolder } from '../../scenarios/folders.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { runStopped } from '../../scenarios/orStopped.ts';
import type { Commit } from '../../suites/figures/history.ts';
import { commitOf, git } from '../git.ts';
import { distUrl } from '../paths.ts';
import { bundledModule } from '../targets/targets.ts';

export interface BaseTarget extends Disposable {
  readonly target: TargetReference;
  /** `main (1a2b3c4)`, or the name of the folder as the user gave it. */
  readonly name: string;
  readonly commit?: Commit;
  /** Only for bundled targets: the version of the contract that the base was written for. */
  readonly contractVersion?: number;
}

export interface BaseOptions {
  readonly cwd: string;
  /** Called when something takes a while. */
  readonly onPhase: (what: string) => void;
}

/**
 * Opens the target `target` as it is in `base`, which is a folder or anything that git resolves to a commit. A commit
 * is written to a temporary folder, which is removed when this is disposed or the process ends. The repository is only
 * read. Throws USAGE.
 */
export function openBase(target: TargetReference, base: string, options: BaseOptions): BaseTarget {
  const folder = resolve(options.cwd, base);
  if (isFolder(folder)) {
    const path = moduleIn(folder, target, options.cwd);
    const commit = commitOf(dirname(path));
    return {
      target: { spec: target.spec, url: pathToFileURL(path).href },
      name: base,
      ...defined({ commit }),
      ...contractOf(target, path),
      [Symbol.dispose]: () => {},
    };
  }
  return checkOut(target, base, options);
}

/**
 * The possible places of the target in a folder: the same path as below the working directory or as in the repository.
 */
function moduleIn(folder: string, target: TargetReference, cwd: string): string {
  const bundled = bundledModule(target.spec);
  const path = fileURLToPath(target.url);
  const places =
    bundled === undefined
      ? [
          relative(realpathSync(cwd), realpathSync(path)),
          relative(topOf(dirname(path)) ?? cwd, realpathSync(path)),
        ]
      : [join('dist', bundled), join('node_modules', 'lockstep', 'dist', bundled)];
  const candidates = places.filter((place) => !place.startsWith('..')).map((place) => join(folder, place));
  const found = candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
  if (found !== undefined) return found;
  const hint =
    bundled === undefined ? '' : ` It must be a checkout of lockstep that is built, or have it installed.`;
  throw new LockstepError(
    'USAGE',
    `--base ${folder}: expected ${target.spec} in that folder, found no ${candidates.join(' and no ')}.${hint}`,
  );
}

function checkOut(target: TargetReference, ref: string, options: BaseOptions): BaseTarget {
  const path = fileURLToPath(target.url);
  const top = repositoryOf(target, path, ref);
  const id = git(top, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  if (id === undefined)
    throw new LockstepError(
      'USAGE',
      `--base ${ref}: expected a folder, or a commit of the repository ${top} (a branch, a tag, HEAD~1), got neither.`,
    );
  options.onPhase(`checking out ${ref}`);
  const dir = mkdtempSync(join(tmpdir(), 'lockstep-base-'));
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(dir, { recursive: true, force: true });
  };
  process.on('exit', remove);
  try {
    const checkout = join(dir, 'checkout');
    writeFiles(top, id, dir, checkout);
    linkPackages(top, checkout, dirname(path));
    if (bundledModule(target.spec) !== undefined) build(checkout, ref, options);
    const found = moduleAt(target, path, { top, checkout, ref });
    return {
      target: { spec: target.spec, url: pathToFileURL(found).href },
      ...contractOf(target, found),
      name: `${ref} (${id.slice(0, 7)})`,
      commit: { id, isChanged: false },
      [Symbol.dispose]: remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}

function repositoryOf(target: TargetReference, path: string, ref: string): string {
  const isBundled = bundledModule(target.spec) !== undefined;
  const root = realpathSync(fileURLToPath(distUrl('..')));
  const top = topOf(isBundled ? root : dirname(path));
  // An installed lockstep is inside another project's repository.
  if (top !== undefined && (!isBundled || top === root)) return top;
  throw new LockstepError(
    'USAGE',
    isBundled
      ? `--base ${ref}: ${target.spec} is bundled with lockstep, and this lockstep is not a git checkout. Name a folder that contains another lockstep.`
      : `--base ${ref}: expected a folder, or a commit of the repository of ${target.spec}. There is no such folder, and ${target.spec} is not in a repository.`,
  );
}

function topOf(dir: string): string | undefined {
  const top = git(dir, ['rev-parse', '--show-toplevel']);
  return top === undefined ? undefined : realpathSync(top);
}

/** Uses a separate index, so that neither the repository nor its index changes. */
function writeFiles(top: string, id: string, dir: string, checkout: string): void {
  const env = { GIT_INDEX_FILE: join(dir, 'index') };
  mkdirSync(checkout);
  const isWritten =
    git(top, ['read-tree', id], env) !== undefined &&
    git(top, ['checkout-index', '--all', '--force', `--prefix=${checkout}/`], env) !== undefined;
  if (!isWritten)
    throw new LockstepError('USAGE', `git could not write the files of commit ${id} to ${checkout}.`);
}

/**
 * Links the packages that are installed now, between the target and the top of the repository, for the other commit.
 */
function linkPackages(top: string, checkout: string, targetDir: string): void {
  for (let dir = realpathSync(targetDir); ; dir = dirname(dir)) {
    const place = join(relative(top, dir), 'node_modules');
    const [from, to] = [join(top, place), join(checkout, place)];
    if (isFolder(from) && isFolder(dirname(to)) && !existsSync(to)) symlinkSync(from, to);
    if (dir === top || dirname(dir) === dir) return;
  }
}

/** Builds the base, because lockstep itself runs compiled. */
function build(checkout: string, ref: string, { onPhase }: BaseOptions): void {
  onPhase(`building ${ref}`);
  const script = join(checkout, 'scripts', 'dev', 'build.mjs');
  const { status, signal, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  if (status === 0) return;
  // The child gets Ctrl-C too.
  if (signal !== null) throw runStopped();
  throw new LockstepError(
    'USAGE',
    `--base ${ref}: that commit does not build with the packages that are installed now: ${stderr.trim().split('\n').at(-1) || 'no reason given'}. Check the commit out into a folder, build it there, and name that folder.`,
  );
}

/** The contract version of the other lockstep. Undefined if it is not found. */
function contractOf(target: TargetReference, path: string): Pick<BaseTarget, 'contractVersion'> {
  const bundled = bundledModule(target.spec);
  if (bundled === undefined) return {};
  const file = join(path.slice(0, -bundled.length), 'adapters', 'contract', 'clauses.js');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const [, version] = /CONTRACT_VERSION = (\d+)/.exec(text) ?? [];
  return version === undefined ? {} : { contractVersion: Number(version) };
}

function moduleAt(
  target: TargetReference,
  path: string,
  { top, checkout, ref }: { readonly top: string; readonly checkout: string; readonly ref: string },
): string {
  const bundled = bundledModule(target.spec);
  const place = bundled === undefined ? relative(top, realpathSync(path)) : join('dist', bundled);
  const found = join(checkout, place);
  if (existsSync(found)) return found;
  throw new LockstepError(
    'USAGE',
    `--base ${ref}: that commit has no file ${place}. If a build creates the file, check the commit out into a folder, build it there, and name that folder.`,
  );
}
