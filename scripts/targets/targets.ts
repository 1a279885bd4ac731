/** The targets by name, and how a module's path becomes a target. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TargetReference } from '../../scenarios/host/index.ts';
import type { MutantBase, Variant } from '../../adapters/mutants/mutant.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { distUrl } from '../paths.ts';

interface BundledTarget {
  readonly name: string;
  readonly text: string;
  /** The module's path below dist/. */
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
    text: 'PostgreSQL with transaction-scoped advisory locks; any number of processes, PgBouncer and replicas (LOCK-10 needs the program pgbouncer)',
    module: 'adapters/postgres/target.js',
  },
  {
    name: 'postgres-lease',
    text: 'PostgreSQL with leases and fencing tokens; like postgres, but a holder that froze before its first write loses its lock within 3 s',
    module: 'adapters/postgres/leaseTarget.js',
  },
  {
    name: 'migration',
    text: 'the move from memory to postgres: both are written, memory decides; one process',
    module: 'adapters/migration/target.js',
  },
];

/** The module's path below dist/. Undefined: `spec` is not the name of a bundled target. */
export function bundledModule(spec: string): string | undefined {
  return BUNDLED_TARGETS.find((target) => target.name === spec)?.module;
}

/** Rejects with USAGE for a name that is neither a bundled target nor a file. */
export async function resolveTarget(spec: string, cwd: string): Promise<TargetReference> {
  const bundled = BUNDLED_TARGETS.find((target) => target.name === spec);
  if (bundled !== undefined) return { spec, url: distUrl(bundled.module) };
  if (spec.startsWith(VARIANT_PREFIX)) return variantOf(spec);
  if (/^[a-z]+:\/\//i.test(spec) && !spec.startsWith('file:'))
    throw new LockstepError(
      'USAGE',
      'Expected the name of a target, or the path of a module (./my-adapter.ts), got a URL. Give the URL of a PostgreSQL server with --pg. The URL is not shown, because it may contain a password.',
    );
  const path = resolve(cwd, spec);
  if (existsSync(path) && statSync(path).isFile()) return { spec, url: pathToFileURL(path).href };
  const names = BUNDLED_TARGETS.map((target) => target.name).join(', ');
  throw new LockstepError(
    'USAGE',
    `Unknown target "${spec}": expected ${names}, or the path of a module whose default export is a target (./my-adapter.ts). There is no file ${path}.`,
  );
}

/** The number of example names in a message. */
const EXAMPLES = 5;
/** `mutant:NAME@BASE` names a mutant or an equivalent as a target. */
const VARIANT_PREFIX = 'mutant:';

export function variantTarget(name: string, base: MutantBase): TargetReference {
  return {
    spec: `${VARIANT_PREFIX}${name}@${base}`,
    url: `${distUrl('adapters/mutants/target.js')}?variant=${name}&base=${base}`,
  };
}

async function variantOf(spec: string): Promise<TargetReference> {
  // Loaded on demand: hundreds of files that are not needed otherwise.
  const { EQUIVALENTS, MUTANTS } = await import('../../adapters/mutants/index.ts');
  const variants: readonly Variant[] = [...MUTANTS, ...EQUIVALENTS];
  const known = variants.flatMap(({ name, bases }) => bases.map((base) => variantTarget(name, base)));
  const found = known.find((target) => target.spec === spec);
  if (found !== undefined) return found;
  const names = known.map((target) => target.spec.slice(VARIANT_PREFIX.length));
  throw new LockstepError(
    'USAGE',
    `Unknown target "${spec}": expected mutant:NAME@BASE, with a mutant or an equivalent and one of its bases, such as ${names.slice(0, EXAMPLES).join(', ')}. "lockstep mutants --only LOCK" lists those of a group.`,
  );
}
