/** Which ids an adapter takes, where it limits them, and ids that it takes, made of names. */
import { createHash } from 'node:crypto';
import { IdPattern, PatternProblem } from './idPattern.ts';

/** What a target says of the ids that its adapter takes. */
export interface IdRule {
  /** Matches whole ids: `/^[0-9a-f]{8}-…$/`. It begins with ^, ends with $, and has no lookaround and no references. */
  readonly pattern: RegExp | string;
  /** One such id, for readers. */
  readonly example: string;
}

/** An id rule as it travels between processes and is reported. */
export interface StatedIdRule {
  /** The source of the regular expression. */
  readonly pattern: string;
  readonly flags: string;
  readonly example: string;
}

/** The id that a name stands for. Equal names give equal ids. */
export type IdOf = (name: string) => string;

/** Where no rule limits ids, names are ids. */
export const AS_NAMED: IdOf = (name) => name;

/** Names are ids, unless a rule limits those. */
export function idOfIn(idSpace: IdSpace | undefined): IdOf {
  return idSpace === undefined ? AS_NAMED : (name) => idSpace.of(name);
}

/** As idOfIn, of a rule that has travelled; null: there is none. */
export function idOfRule(rule: StatedIdRule | null): IdOf {
  return idOfIn(rule === null ? undefined : new IdSpace(rule));
}

/** The fewest ids of one length that a rule must allow: names are spread over them by chance. */
const FEWEST = 2n ** 56n;
/** As many as are made use of, if there are more of them. */
const PLENTY = 2n ** 80n;
/** Into so many stretches the ids are divided. */
const STRETCHES = 2n ** 24n;
const PROBES = 64n;

/** Ids that a rule allows. Equal names give equal ids, in every process; different names different ones. */
export class IdSpace {
  readonly rule: StatedIdRule;
  readonly #expression: RegExp;
  readonly #pattern: IdPattern;
  readonly #used: bigint;

  /**
   * @throws RangeError, whose message has one line a problem: the member, what was expected and what came.
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
        `pattern: expected at least 2^56 ids of one length (14 hex digits, 18 decimal ones); ${String(pattern)} allows ${this.#used}`,
      );
    const probes = Array.from({ length: Number(PROBES) }, (_, index) =>
      this.#at((this.#used * BigInt(index)) / PROBES, 0n),
    );
    const wrong = probes.find((id) => !given.test(id));
    if (wrong !== undefined)
      throw new RangeError(
        `pattern: expected a simpler one; ${wrong} was made of ${String(pattern)}, and is none`,
      );
  }

  /** Whether the rule allows `id`. */
  allows(id: string): boolean {
    return this.#expression.test(id);
  }

  /** The id that `name` stands for. */
  of(name: string): string {
    const { place, rest } = hashOf(name);
    return this.#at(place % this.#used, rest);
  }

  /** The id of `name` in a stretch, below 2^24: ids of one stretch stand before those of a later one, by their bytes. */
  within(stretch: number, name: string): string {
    const length = this.#used / STRETCHES;
    const { place, rest } = hashOf(name);
    return this.#at(BigInt(stretch) * length + (place % length), rest);
  }

  /** `number` of those that are used, which are spread over all that there are; `rest` says which of its neighbours. */
  #at(number: bigint, rest: bigint): string {
    const { size } = this.#pattern;
    return this.#pattern.at(number * (size / this.#used) + (rest % (size / this.#used)));
  }
}

function expressionOf(rule: IdRule | StatedIdRule): RegExp {
  const { pattern } = rule;
  const flags = typeof pattern === 'string' ? ('flags' in rule ? rule.flags : '') : pattern.flags;
  if (/[^dius]/.test(flags)) throw new RangeError(`pattern: expected no flag but i, got ${String(pattern)}`);
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
