/** Counts and enumerates the texts of one length, in printable ASCII, that a regular expression allows. */
import { MAX_ID_BYTES } from './text.ts';

/** The syntax tree of a pattern. `codes` are codes of printable ASCII characters. */
type Node =
  | { readonly kind: 'character'; readonly codes: ReadonlySet<number> }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly min: number; readonly max: number };

/** From "!" to "~". No spaces, because ids also appear in lines and paths. */
const PRINTABLE: readonly number[] = Array.from({ length: 0x7e - 0x21 + 1 }, (_, index) => 0x21 + index);
const DIGITS = codesIn('0', '9');
const WORD = [...codesIn('a', 'z'), ...codesIn('A', 'Z'), ...DIGITS, ...codesIn('_', '_')];
/** Bounds on the size of the automaton, so that no pattern takes long. */
const MAX_STATES = 20_000;
const MAX_SETS = 5_000;

/** Why no ids can be made from a pattern. The message completes "pattern: …". */
export class PatternProblem extends Error {}

/** Reads the subset of regular expressions that describe texts one by one: no lookaround and no references. */
class PatternReader {
  readonly #source: string;
  readonly #ignoresCase: boolean;
  #at = 0;

  constructor(source: string, ignoresCase: boolean) {
    this.#source = source;
    this.#ignoresCase = ignoresCase;
  }

  /** The whole pattern, between its anchors. */
  read(): Node {
    const node = this.#choice();
    if (this.#at < this.#source.length) throw this.#problem(`without an unmatched "${this.#peek()}"`);
    // The ^ would belong to the first alternative only, and the $ to the last one.
    if (node.kind === 'choice') throw this.#problem('whose alternatives are in a group, (?:…|…)');
    return node;
  }

  #choice(): Node {
    const parts = [this.#sequence()];
    while (this.#takes('|')) parts.push(this.#sequence());
    return parts.length === 1 ? (parts[0] as Node) : { kind: 'choice', parts };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    while (this.#at < this.#source.length && this.#peek() !== '|' && this.#peek() !== ')')
      parts.push(this.#repeated(this.#atom()));
    return { kind: 'sequence', parts };
  }

  #repeated(part: Node): Node {
    const [text = ''] = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(this.#source.slice(this.#at)) ?? [];
    if (text === '') return part;
    this.#at += text.length;
    const [, least = '0', most] = /^\{(\d+)(,\d*)?\}/.exec(text) ?? [];
    if (text.startsWith('*')) return { kind: 'repeat', part, min: 0, max: Infinity };
    if (text.startsWith('+')) return { kind: 'repeat', part, min: 1, max: Infinity };
    if (text.startsWith('?')) return { kind: 'repeat', part, min: 0, max: 1 };
    const max = most === undefined ? Number(least) : most === ',' ? Infinity : Number(most.slice(1));
    return { kind: 'repeat', part, min: Number(least), max };
  }

  #atom(): Node {
    const character = this.#next();
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return this.#class();
      case '.':
        return { kind: 'character', codes: new Set(PRINTABLE) };
      case '\\':
        return this.#character(this.#escaped());
      case '^':
      case '$':
        throw this.#problem(`with "${character}" only at its ends`);
      default:
        return this.#character([character.charCodeAt(0)]);
    }
  }

  #group(): Node {
    const [name = ''] = /^\?(?::|<[A-Za-z_$][\w$]*>)/.exec(this.#source.slice(this.#at)) ?? [];
    this.#at += name.length;
    if (this.#peek() === '?') throw this.#problem('without lookahead and lookbehind');
    const node = this.#choice();
    if (!this.#takes(')')) throw this.#problem('whose groups are closed');
    return node;
  }

  #class(): Node {
    const isNegated = this.#takes('^');
    const codes = new Set<number>();
    while (!this.#takes(']')) {
      const from = this.#member();
      const isRange = this.#peek() === '-' && this.#source[this.#at + 1] !== ']' && from.length === 1;
      if (isRange) this.#at += 1;
      const to = isRange ? this.#member() : from;
      const [low = 0] = from;
      const all = isRange ? PRINTABLE.filter((code) => code >= low && code <= (to[0] ?? 0)) : from;
      for (const code of all) codes.add(code);
    }
    const shown = this.#character([...codes]).codes;
    return {
      kind: 'character',
      codes: isNegated ? new Set(PRINTABLE.filter((code) => !shown.has(code))) : shown,
    };
  }

  #member(): readonly number[] {
    const character = this.#next();
    return character === '\\' ? this.#escaped() : [character.charCodeAt(0)];
  }

  /** The codes that an escape stands for. Its backslash has already been read. */
  #escaped(): readonly number[] {
    const character = this.#next();
    const [, hex] = /^(?:x|u)([0-9a-fA-F]{2,4})/.exec(this.#source.slice(this.#at - 1)) ?? [];
    const length = character === 'x' ? 2 : 4;
    if ((character === 'x' || character === 'u') && hex !== undefined && hex.length >= length) {
      this.#at += length;
      return [Number.parseInt(hex.slice(0, length), 16)];
    }
    switch (character) {
      case 'd':
        return DIGITS;
      case 'D':
        return PRINTABLE.filter((code) => !DIGITS.includes(code));
      case 'w':
        return WORD;
      case 'W':
        return PRINTABLE.filter((code) => !WORD.includes(code));
      case 's':
        return [];
      case 'S':
        return PRINTABLE;
      default:
        if (/[A-Za-z0-9]/.test(character))
          throw this.#problem(`of characters and classes, without "\\${character}"`);
        return [character.charCodeAt(0)];
    }
  }

  #character(codes: readonly number[]): Extract<Node, { kind: 'character' }> {
    const cased = this.#ignoresCase ? codes.flatMap((code) => bothCases(code)) : codes;
    return { kind: 'character', codes: new Set(cased.filter((code) => PRINTABLE.includes(code))) };
  }

  #peek(): string | undefined {
    return this.#source[this.#at];
  }

  #next(): string {
    const character = this.#peek();
    if (character === undefined) throw this.#problem('that is complete');
    this.#at += 1;
    return character;
  }

  #takes(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }

  #problem(expected: string): PatternProblem {
    return new PatternProblem(`expected a pattern ${expected}; got /^${this.#source}$/`);
  }
}

function codesIn(from: string, to: string): number[] {
  return PRINTABLE.filter((code) => code >= from.charCodeAt(0) && code <= to.charCodeAt(0));
}

function bothCases(code: number): number[] {
  const text = String.fromCharCode(code);
  return [text.toLowerCase().charCodeAt(0), text.toUpperCase().charCodeAt(0)];
}

/** A state of the automaton that reads a text from its start to its end. */
interface State {
  readonly codes?: ReadonlySet<number>;
  /** The states that follow: after the character, or at once. */
  next: number[];
}

/** The states that are possible after one text, with the character codes that may come next. */
interface StateSet {
  readonly states: readonly number[];
  readonly accepts: boolean;
  edges?: readonly (readonly [code: number, to: StateSet])[];
  /** The number of possible rests, by their length. */
  readonly counts: Map<number, bigint>;
}

const END = 0;

/** The texts of one length that a pattern allows, ordered by their bytes. */
export class IdPattern {
  readonly #states: State[] = [{ next: [] }];
  readonly #sets = new Map<string, StateSet>();
  readonly #start: StateSet;
  /** The length of each text, in characters. */
  readonly length: number;
  /** The number of texts. */
  readonly size: bigint;

  /**
   * `source` is the pattern between its anchors. Uses the shortest length that allows at least `wanted` texts, or else
   * the length that allows most. Throws PatternProblem.
   */
  constructor(source: string, ignoresCase: boolean, wanted: bigint) {
    const node = new PatternReader(source, ignoresCase).read();
    this.#start = this.#set([this.#build(node, END)]);
    let [length, size] = [0, 0n];
    for (let one = 1; one <= MAX_ID_BYTES && size < wanted; one += 1) {
      const count = this.#count(this.#start, one);
      if (count > size) [length, size] = [one, count];
    }
    this.length = length;
    this.size = size;
  }

  /** Text `number`, counted from 0, below `size`. */
  at(number: bigint): string {
    let rest = number;
    let set = this.#start;
    let text = '';
    while (text.length < this.length) {
      for (const [code, to] of this.#edges(set)) {
        const count = this.#count(to, this.length - text.length - 1);
        if (rest < count) {
          text += String.fromCharCode(code);
          set = to;
          break;
        }
        rest -= count;
      }
    }
    return text;
  }

  /** Builds the states that read `node` and then continue with the state `next`. Returns the first of them. */
  #build(node: Node, next: number): number {
    switch (node.kind) {
      case 'character':
        return this.#state({ codes: node.codes, next: [next] });
      case 'sequence':
        return node.parts.reduceRight((behind, part) => this.#build(part, behind), next);
      case 'choice':
        return this.#state({ next: node.parts.map((part) => this.#build(part, next)) });
      case 'repeat':
        return this.#repeated(node, next);
      default:
        return node satisfies never;
    }
  }

  #repeated({ part, min, max }: Extract<Node, { kind: 'repeat' }>, next: number): number {
    let at = next;
    if (max === Infinity) {
      const loop: State = { next: [next] };
      at = this.#state(loop);
      loop.next.push(this.#build(part, at));
    } else {
      for (let count = min; count < max; count += 1)
        at = this.#state({ next: [this.#build(part, at), next] });
    }
    for (let count = 0; count < min; count += 1) at = this.#build(part, at);
    return at;
  }

  #state(state: State): number {
    if (this.#states.length >= MAX_STATES) throw tooLarge();
    return this.#states.push(state) - 1;
  }

  /** The states that are reachable from `from` without reading a character. */
  #set(from: readonly number[]): StateSet {
    const seen = new Set(from);
    for (const state of seen) {
      const { codes, next } = this.#states[state] as State;
      if (codes === undefined) for (const one of next) seen.add(one);
    }
    const states = [...seen].sort((a, b) => a - b);
    const key = states.join(' ');
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    if (this.#sets.size >= MAX_SETS) throw tooLarge();
    const set: StateSet = { states, accepts: seen.has(END), counts: new Map() };
    this.#sets.set(key, set);
    return set;
  }

  #edges(set: StateSet): readonly (readonly [code: number, to: StateSet])[] {
    set.edges ??= PRINTABLE.flatMap((code) => {
      const to = set.states.flatMap((state) => {
        const { codes, next } = this.#states[state] as State;
        return codes?.has(code) === true ? next : [];
      });
      return to.length === 0 ? [] : [[code, this.#set(to)] as const];
    });
    return set.edges;
  }

  #count(set: StateSet, left: number): bigint {
    if (left === 0) return set.accepts ? 1n : 0n;
    const known = set.counts.get(left);
    if (known !== undefined) return known;
    let count = 0n;
    for (const [, to] of this.#edges(set)) count += this.#count(to, left - 1);
    set.counts.set(left, count);
    return count;
  }
}

function tooLarge(): PatternProblem {
  return new PatternProblem('expected a simpler pattern: this one is too large to make ids from');
}
