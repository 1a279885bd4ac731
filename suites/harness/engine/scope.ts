/** Ids of one trial, so that trials can share a namespace. */
import type { IdSpace } from '../../../adapters/contract/index.ts';
import type { Scope, Subject } from './property.ts';

/** Prefixes count down from here, so that lists show the rows of the latest trial first. */
const HIGHEST_PREFIX = 9_999_999;
/** Separators after the prefix. The first one that the adapter accepts is used. */
const SEPARATORS = ['-', '_', '.', ':', ''] as const;

/** The scope of trial `number`, counted from 1. */
export function scopeOf(number: number, idSpace?: IdSpace): Scope {
  const stretch = HIGHEST_PREFIX - number;
  const prefix = `t${stretch}${separatorOf(idSpace) ?? SEPARATORS[0]}`;
  const asIs = (name: string): string => prefix + name;
  if (idSpace === undefined) return { number, asIs, id: asIs, name: (id) => nameOf(id, prefix, NO_NAMES) };
  const ids = new Map<string, string>();
  const names = new Map<string, string>();
  const id = (name: string): string => {
    const known = ids.get(name);
    if (known !== undefined) return known;
    let salted = name;
    let made = idSpace.within(stretch, salted);
    while (names.has(made)) {
      salted += '+';
      made = idSpace.within(stretch, salted);
    }
    ids.set(name, made);
    names.set(made, name);
    return made;
  };
  return { number, asIs, id, name: (one) => nameOf(one, prefix, names) };
}

const NO_NAMES: ReadonlyMap<string, string> = new Map();

/** A misbehaving adapter may return an id of another trial, or something that is no id. */
function nameOf(id: unknown, prefix: string, names: ReadonlyMap<string, string>): string {
  if (typeof id !== 'string') return JSON.stringify(id) ?? String(id);
  const at = id.indexOf(prefix);
  // A token has it behind its scope.
  if (at === 0 || id[at - 1] === ':') return id.slice(0, at) + id.slice(at + prefix.length);
  return id === '' ? '""' : (names.get(id) ?? id);
}

/** Undefined if the adapter accepts no id with such a prefix. */
function separatorOf(idSpace: IdSpace | undefined): string | undefined {
  return SEPARATORS.find(
    (separator) => idSpace === undefined || idSpace.allows(`t${HIGHEST_PREFIX}${separator}a1`),
  );
}

/** Whether the adapter accepts `id` as it is. */
export function takes({ idSpace }: Pick<Subject, 'idSpace'>, id: string): boolean {
  return idSpace === undefined || idSpace.allows(id);
}

/** Whether the adapter accepts `scope.asIs(id)` in every trial. */
export function takesInTrials({ idSpace }: Pick<Subject, 'idSpace'>, id: string): boolean {
  return idSpace === undefined || idSpace.allows(scopeOf(1, idSpace).asIs(id));
}
