/** The sides of a comparison: several targets, or one target and an earlier state of it. */
import { defined } from '../../adapters/contract/defined.ts';
import type { CompareSide } from '../../reports/compare/model.ts';
import type { TargetReference } from '../../scenarios/host/index.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { commitOfTarget } from '../git.ts';
import { resolveTarget } from '../targets/targets.ts';
import { openBase, type BaseOptions } from './base.ts';

export interface DrivenSide extends CompareSide {
  readonly target: TargetReference;
}

export interface DrivenSides extends Disposable {
  /** The base comes first. */
  readonly sides: readonly DrivenSide[];
}

/** Rejects with USAGE. Disposing it releases what `base` uses. */
export async function openSides(
  specs: readonly string[],
  base: string | undefined,
  options: BaseOptions,
): Promise<DrivenSides> {
  const targets = await Promise.all(specs.map((spec) => resolveTarget(spec, options.cwd)));
  const own = targets.map((target) => sideOf(target));
  if (base === undefined) {
    if (own.length < 2)
      throw new LockstepError(
        'USAGE',
        `Expected two or more targets, or one target with --base DIR|REF, got only ${specs.join(' ')}.`,
      );
    return { sides: unique(own), [Symbol.dispose]: () => {} };
  }
  const [only, ...more] = own;
  if (only === undefined || more.length > 0)
    throw new LockstepError(
      'USAGE',
      `--base ${base}: expected one target, to compare it with its other version, got ${specs.join(' ')}.`,
    );
  const opened = openBase(only.target, base, options);
  const before: DrivenSide = {
    name: `${only.spec} at ${opened.name}`,
    spec: only.spec,
    target: opened.target,
    ...defined({ commit: opened.commit, contractVersion: opened.contractVersion }),
  };
  return { sides: [before, only], [Symbol.dispose]: () => opened[Symbol.dispose]() };
}

function sideOf(target: TargetReference): DrivenSide {
  const commit = commitOfTarget(target);
  return { name: target.spec, spec: target.spec, target, ...defined({ commit }) };
}

/** Naming the same target twice shows how much the machine alone varies. */
function unique(sides: readonly DrivenSide[]): DrivenSide[] {
  return sides.map((side, index) => {
    const before = sides.slice(0, index).filter(({ name }) => name === side.name).length;
    return before === 0 ? side : { ...side, name: `${side.name} (${before + 1})` };
  });
}
