/** Writes the files of `lockstep init`, and tells how to install lockstep. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileReason } from '../../scenarios/fileReason.ts';
import { makeFolders } from '../../scenarios/folders.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { quote } from '../../reports/words/commandLine.ts';
import { distUrl, lockstepVersion } from '../paths.ts';
import { PROJECT_FILES, STARTER_FILES, WORKFLOW } from './starterFiles.ts';
import { workflowFor } from './workflow.ts';

/**
 * Writes every file below `folder`, the workflow at the root of its repository, and the usual files of a project if they
 * are missing. Returns the paths of the written files. If a file of the starter already exists, throws USAGE and writes
 * nothing.
 */
export function writeStarter(folder: string): string[] {
  const workflow = workflowFor(folder);
  const files = [
    ...STARTER_FILES.map(({ from, to }) => ({ path: join(folder, to), text: starterText(from) })),
    { path: workflow.path, text: workflow.adapt(starterText(WORKFLOW)) },
  ];
  const present = files.filter(({ path }) => existsSync(path));
  if (present.length > 0) {
    const names = present.map(({ path }) => relative(folder, path)).join(', ');
    throw new LockstepError(
      'USAGE',
      `Expected a folder without the files to write, but ${folder} has ${names}. Nothing was written. Name another folder, or move these files away.`,
    );
  }
  const written: string[] = [];
  const missing = PROJECT_FILES.map(({ to, text }) => ({
    path: join(folder, to),
    text: text(packageName(folder)),
  }));
  try {
    for (const { path, text } of [...files, ...missing.filter((file) => !existsSync(file.path))]) {
      makeFolders(dirname(path));
      writeFileSync(path, text, { flag: 'wx' });
      written.push(path);
    }
  } catch (cause) {
    // A partial starter would prevent the next attempt.
    for (const path of written) rmSync(path, { force: true });
    throw new LockstepError(
      'OUT_NOT_WRITABLE',
      `${folder}: expected a writable folder for the starter, got ${fileReason(cause)}. Name another folder.`,
      { cause },
    );
  }
  return written;
}

function starterText(from: string): string {
  return readFileSync(fileURLToPath(distUrl(`scripts/starter/${from}`)), 'utf8');
}

/** A name that npm accepts, derived from the folder's name. */
function packageName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'my-adapter' : name;
}

/** Vitest 5 requires this version of Node.js. */
const VITEST_5_NEEDS = 22;

/** The commands that install what the starter needs, including lockstep if the project does not have it. */
export function installCommands(folder: string): string[] {
  const [major = ''] = process.versions.node.split('.');
  const vitest = Number(major) < VITEST_5_NEEDS ? 'vitest@4' : 'vitest';
  const others = `${vitest} typescript @types/node`;
  if (isInstalled(folder)) return [`npm install --save-dev ${others}`];
  const own = dirname(fileURLToPath(distUrl('')));
  return [
    `npm pack --ignore-scripts ${quote(own)}`,
    `npm install --save-dev ./lockstep-${lockstepVersion()}.tgz ${others}`,
  ];
}

/** In the folder itself: a copy above it does not find a vitest that is installed below. */
function isInstalled(folder: string): boolean {
  return existsSync(join(folder, 'node_modules', 'lockstep', 'package.json'));
}
