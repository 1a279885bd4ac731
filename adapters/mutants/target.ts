/**
 * A variant as a target. The query of this module's URL names it: `target.js?variant=no-lock&base=memory`. Each query
 * is a separate module, so one process can load several variants.
 */
import { defineTarget, type OpenOptions, type TargetDefinition } from '../contract/index.ts';
import { defined } from '../contract/defined.ts';
import { changePool } from './changePool.ts';
import { EQUIVALENTS, MUTANTS } from './index.ts';
import { migrationTarget as moveBetween, type MigrationTargetOptions } from '../migration/define.ts';
import { openedAs } from './migration/parts.ts';
import { MUTANT_BASES, type MutantBase, type Variant } from './mutant.ts';
import { rewriteSql } from './rewriteSql.ts';

const query = new URL(import.meta.url).searchParams;
const variants: readonly Variant[] = [...MUTANTS, ...EQUIVALENTS];
const variant = variants.find((one) => one.name === query.get('variant'));
const base = MUTANT_BASES.find((one) => one === query.get('base'));
if (variant === undefined || base === undefined || !variant.bases.includes(base)) {
  throw new Error(`Expected ?variant=NAME&base=${MUTANT_BASES.join('|')}, got "${query.toString()}".`);
}
if (variant.rewrite !== undefined) await rewriteSql((sql) => variant.rewrite?.(sql) ?? sql);
if (variant.pool !== undefined) await changePool((pool) => variant.pool?.(pool) ?? pool);

const target: TargetDefinition = changed(variant, base, await referenceOf(base));

export default target;

/** The move between two targets, changed by the variant. */
export function migrationTarget(options: MigrationTargetOptions): TargetDefinition {
  const { stage = 'dual', follow = false } = options;
  const whole = moveBetween(options);
  const open: TargetDefinition['open'] = async (given) =>
    openedAs(await whole.open(given), { stage, follow });
  return changed(variant as Variant, 'migration', { ...whole, open });
}

function changed(one: Variant, name: MutantBase, reference: TargetDefinition): TargetDefinition {
  return defineTarget({
    ...reference,
    name: `${one.name}-on-${name}`,
    capabilities: { ...reference.capabilities, ...one.capabilities },
    environments: environmentsOf(reference, one),
    ...defined({ ids: one.ids, codec: one.codec, protocol: one.protocol }),
    async open(options: OpenOptions) {
      const another = async (connection = options.connection) => reference.open({ ...options, connection });
      const adapter = await another();
      return one.mutate?.(adapter, { base: name, options, another }) ?? adapter;
    },
  });
}

/** The environments, without poolers that the variant does not declare: those would be refused as a mistake. */
function environmentsOf(
  { environments = {}, capabilities }: TargetDefinition,
  changed: Variant,
): NonNullable<TargetDefinition['environments']> {
  const declared = changed.capabilities?.poolers;
  const undeclared = declared === undefined ? [] : (capabilities?.poolers ?? []);
  return Object.fromEntries(
    Object.entries(environments).filter(
      ([name]) => declared?.includes(name) === true || !undeclared.includes(name),
    ),
  );
}

async function referenceOf(name: MutantBase): Promise<TargetDefinition> {
  switch (name) {
    case 'memory':
      return (await import('../memory/target.ts')).default;
    case 'postgres':
      return (await import('../postgres/target.ts')).default;
    case 'postgres-lease':
      return (await import('../postgres/leaseTarget.ts')).default;
    case 'migration':
      return (await import('../migration/memoryTarget.ts')).default;
    default:
      return name satisfies never;
  }
}
