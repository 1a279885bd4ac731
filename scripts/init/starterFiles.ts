/** The files that `lockstep init` writes. */

interface StarterFile {
  /** The file's name in the package, below dist/scripts/starter. */
  readonly from: string;
  /** The file's path in the author's project. */
  readonly to: string;
}

export const STARTER_FILES: readonly StarterFile[] = [
  { from: 'adapter.ts', to: 'adapter.ts' },
  { from: 'target.ts', to: 'target.ts' },
  { from: 'certify.test.ts', to: 'certify.test.ts' },
];

/** The workflow, by its name in the package. */
export const WORKFLOW = 'certify.yml';

/**
 * The usual files of a project, written only if they are missing. They are texts, because npm leaves some of these file
 * names out of a package.
 */
export const PROJECT_FILES: readonly { readonly to: string; readonly text: (name: string) => string }[] = [
  {
    to: 'package.json',
    text: (name) =>
      json({
        name,
        version: '0.0.0',
        private: true,
        type: 'module',
        scripts: { test: 'vitest run', certify: 'lockstep certify ./target.ts' },
      }),
  },
  {
    to: 'tsconfig.json',
    text: () =>
      json({
        compilerOptions: {
          target: 'es2023',
          lib: ['es2023', 'esnext.disposable'],
          module: 'nodenext',
          strict: true,
          noEmit: true,
          allowImportingTsExtensions: true,
          skipLibCheck: true,
          types: ['node'],
        },
        include: ['*.ts'],
      }),
  },
  { to: '.gitignore', text: () => 'node_modules/\ncoverage/\nreports/runs/\nlockstep-report/\n' },
];

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
