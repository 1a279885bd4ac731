/** The files that `lockstep init` writes. */

interface StarterFile {
  /** Its name in the package, below dist/scripts/starter. */
  readonly from: string;
  /** Its path in the author's project. */
  readonly to: string;
}

export const STARTER_FILES: readonly StarterFile[] = [
  { from: 'adapter.ts', to: 'adapter.ts' },
  { from: 'target.ts', to: 'target.ts' },
  { from: 'certify.test.ts', to: 'certify.test.ts' },
  { from: 'certify.yml', to: '.github/workflows/certify.yml' },
];
