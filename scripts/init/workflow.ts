/** The workflow of the starter. GitHub reads workflows only at the root of a repository. */
import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

const FOLDER = '.github/workflows';

export interface Workflow {
  readonly path: string;
  /** Adapts the text of the starter's workflow. */
  readonly adapt: (text: string) => string;
}

/** The workflow for the project in `folder`. Without a repository around it, the folder is taken for its root. */
export function workflowFor(folder: string): Workflow {
  const root = repositoryAround(folder);
  const below = root === undefined ? '' : relative(root, folder).split(sep).join('/');
  if (root === undefined || below === '')
    return { path: join(folder, FOLDER, 'certify.yml'), adapt: (text) => text };
  return {
    path: join(root, FOLDER, `certify-${below.replace(/[^A-Za-z0-9]+/g, '-')}.yml`),
    adapt: (text) =>
      text
        .replace('name: certify', () => `name: ${JSON.stringify(`certify ${below}`)}`)
        .replace('jobs:', () => `defaults:\n  run:\n    working-directory: ${JSON.stringify(below)}\njobs:`)
        .replace(
          /( *)cache: npm/,
          (line, indent: string) =>
            `${line}\n${indent}cache-dependency-path: ${JSON.stringify(`${below}/package-lock.json`)}`,
        )
        .replace('path: lockstep-report', () => `path: ${JSON.stringify(`${below}/lockstep-report`)}`),
  };
}

/** The root of the git repository that contains the folder, which need not exist. */
function repositoryAround(folder: string): string | undefined {
  for (let dir = folder; ; dir = dirname(dir)) {
    if (existsSync(join(dir, '.git'))) return dir;
    if (dirname(dir) === dir) return undefined;
  }
}
