/** The ids that an adapter accepts, if it limits them, and how lockstep makes such ids from names. */
import { createHash } from 'node:crypto';
import { IdPattern, PatternProblem } from './idPattern.ts';

/** A target's declaration of the ids that its adapter accepts. */
export interface IdRule {
  /** Matches whole ids: `/^[0-9a-f]{8}-…$/`. It begins with ^, ends with $, and has no lookaround and no backreferences. */
  readonly pattern: RegExp | string;
  /** An example of such an id, for readers. */
  readonly example: string;
}

/** An id rule in the form that travels between processes and appears in reports. */
export interface StatedIdRule {
  /** The source of the regular expression. */
  readonly pattern: string;
  readonly flags: string;
  readonly example: string;
}

/** Returns the id for a name. Equal names give equal ids. */
export type IdOf = (name: string) => string;

/** Used without an id rule: the name itself is the id. */
export const AS_NAMED: IdOf = (name) => name;

/** Returns the mapping from names to ids: that of `idSpace`, or {@link AS_NAMED} without one. */
export function idOfIn(idSpace: IdSpace | undefined): IdOf {
  return idSpace === undefined ? AS_NAMED : (name) => idSpace.of(name);
}

/** Like {@link idOfIn}, for a stated rule. Null: there is no rule. */
export function idOfRule(rule: StatedIdRule | null): IdOf {
  return idOfIn(rule === null ? undefined : new IdSpace(rule));
}

/** A rule must allow at least this many ids of one length: names are spread over them by a hash. */
const FEWEST = 2n ** 56n;
/** If a rule allows more ids than this, only this many are used. */
const PLENTY = 2n ** 80n;
/** The number of stretches into which the ids are divided. */
const STRETCHES = 2n ** 24n;
const PROBES = 64n;

/** The ids that a rule allows. Equal names give equal ids in every process, and different names give different ids. */
export class IdSpace {
  readonly rule: StatedIdRule;
  readonly #expression: RegExp;
  readonly #pattern: IdPattern;
  readonly #used: bigint;

  /**
   * @throws RangeError whose message names the member, what was expected and what came.
   */
  constructor(rule: IdRule | StatedIdRule) {
    const { pattern, example } = rule;
    const given = expressionOf(rule);
    this.rule = { pattern: given.source, flags: given.flags, example };
    this.#expression = given;
    if (!given.test(example))
      throw new RangeError(`example: expected an id that the pattern allows, got ${JSON.stringify(example)}`);
    this.#pattern = patternOf(given);
    this.#used = this.#pattern.size < PLENTY ? this.#pattern.size : PLENTY;
    if (this.#used < FEWEST)
      throw new RangeError(
        `pattern: expected at least 2^56 ids of one length (14 hex digits, or 18 decimal digits); ${String(pattern)} allows ${this.#used}`,
      );
    const probes = Array.from({ length: Number(PROBES) }, (_, index) =>
      this.#at((this.#used * BigInt(index)) / PROBES, 0n),
    );
    const wrong = probes.find((id) => !given.test(id));
    if (wrong !== undefined)
      throw new RangeError(
        `pattern: expected a simpler pattern; the id ${wrong} was made from ${String(pattern)}, but does not match it`,
      );
  }

  /** Whether the rule allows `id`. */
  allows(id: string): boolean {
    return this.#expression.test(id);
  }

  /** Returns the id for `name`. */
  of(name: string): string {
    const { place, rest } = hashOf(name);
    return this.#at(place % this.#used, rest);
  }

  /** Returns the id for `name` in a stretch (an integer below 2^24). By their bytes, ids of one stretch sort before those of the next. */
  within(stretch: number, name: string): string {
    const length = this.#used / STRETCHES;
    const { place, rest } = hashOf(name);
    return this.#at(BigInt(stretch) * length + (place % length), rest);
  }

  /**
   * Spreads the used ids over all allowed ones: number `number` of the used ids, where `rest` chooses among its
   * neighbours.
   */
  #at(number: bigint, rest: bigint): string {
    const { size } = this.#pattern;
    return this.#pattern.at(number * (size / this.#used) + (rest % (size / this.#used)));
  }
}

function expressionOf(rule: IdRule | StatedIdRule): RegExp {
  const { pattern } = rule;
  const flags = typeof pattern === 'string' ? ('flags' in rule ? rule.flags : '') : pattern.flags;
  if (/[^dius]/.test(flags))
    throw new RangeError(`pattern: expected no flags other than i, got ${String(pattern)}`);
  try {
    return new RegExp(pattern, flags);
  } catch (cause) {
    throw new RangeError(`pattern: expected a regular expression, got ${JSON.stringify(pattern)}`, { cause });
  }
}

function patternOf(expression: RegExp): IdPattern {
  const { source, ignoreCase } = expression;
  const [, inner] = /^\^(.*?)(?<!\\)\$$/s.exec(source) ?? [];
  if (inner === undefined)
    throw new RangeError(`pattern: expected ^ at its beginning and $ at its end, got ${String(expression)}`);
  try {
    return new IdPattern(inner, ignoreCase, PLENTY);
  } catch (error) {
    if (error instanceof PatternProblem) throw new RangeError(`pattern: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Two numbers of 128 bits. */
function hashOf(name: string): { readonly place: bigint; readonly rest: bigint } {
  const digits = createHash('sha256').update(name).digest('hex');
  return { place: BigInt(`0x${digits.slice(0, 32)}`), rest: BigInt(`0x${digits.slice(32)}`) };
}
