/** The targets by name, and how a module's path becomes a target. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TargetReference } from '../scenarios/host/index.ts';
import { EQUIVALENTS, MUTANTS } from '../adapters/mutants/index.ts';
import type { MutantBase, Variant } from '../adapters/mutants/mutant.ts';
import { LockstepError } from '../scenarios/lockstepError.ts';
import { distUrl } from './paths.ts';

interface BundledTarget {
  readonly name: string;
  readonly text: string;
  /** Below dist/. */
  readonly module: string;
}

export const BUNDLED_TARGETS: readonly BundledTarget[] = [
  {
    name: 'memory',
    text: 'Maps and an in-process lock queue; one process',
    module: 'adapters/memory/target.js',
  },
  {
    name: 'postgres',
    text: 'PostgreSQL with transaction-scoped advisory locks; any number of processes',
    module: 'adapters/postgres/target.js',
  },
];

/** Throws LockstepError for a name that is neither a bundled target nor a file. */
export function resolveTarget(spec: string, cwd: string): TargetReference {
  const bundled = BUNDLED_TARGETS.find((target) => target.name === spec);
  if (bundled !== undefined) return { spec, url: distUrl(bundled.module) };
  if (spec.startsWith(VARIANT_PREFIX)) return { spec, url: variantUrl(spec) };
  const path = resolve(cwd, spec);
  if (existsSync(path) && statSync(path).isFile()) return { spec, url: pathToFileURL(path).href };
  const names = BUNDLED_TARGETS.map((target) => target.name).join(', ');
  throw new LockstepError(
    'USAGE',
    `Unknown target "${spec}": expected ${names}, or the path of a module whose default export is a target (./my-adapter.ts). There is no file ${path}.`,
  );
}

/** `mutant:NAME@BASE`: a mutant or an equivalent as a target. */
const VARIANT_PREFIX = 'mutant:';

export function variantSpec(name: string, base: MutantBase): string {
  return `${VARIANT_PREFIX}${name}@${base}`;
}

function variantUrl(spec: string): string {
  const variants: readonly Variant[] = [...MUTANTS, ...EQUIVALENTS];
  const known = variants.flatMap(({ name, bases }) => bases.map((base) => ({ name, base })));
  const found = known.find(({ name, base }) => variantSpec(name, base) === spec);
  if (found !== undefined)
    return `${distUrl('adapters/mutants/target.js')}?variant=${found.name}&base=${found.base}`;
  throw new LockstepError(
    'USAGE',
    `Unknown target "${spec}": expected mutant:NAME@BASE with ${known.map(({ name, base }) => `${name}@${base}`).join(', ')}.`,
  );
}
