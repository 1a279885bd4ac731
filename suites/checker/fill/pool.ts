/**
 * Operations of unknown outcome, grouped by their requests. Among equal requests, the one that was called first fits
 * wherever a later one does, so they are always used in the order of their calls.
 */
import type { StreamInput } from '../../models/stream.ts';

export interface UnknownEffect {
  readonly id: number;
  readonly call: number;
  readonly input: StreamInput;
}

interface Kind {
  readonly input: StreamInput;
  readonly members: readonly UnknownEffect[];
  used: number;
  /** How many of them are reserved for later places, because only they fit. */
  reserved: number;
}

export class Pool {
  private readonly kinds: Kind[] = [];
  private readonly numbers = new Map<string, number>();
  /** Kinds whose request shows no amount. */
  private readonly plain: number[] = [];
  private readonly all: number[];

  constructor(unknown: readonly UnknownEffect[]) {
    const groups = new Map<string, UnknownEffect[]>();
    for (const one of unknown.toSorted((a, b) => a.call - b.call)) {
      const group = groups.get(nameOf(one.input));
      if (group === undefined) groups.set(nameOf(one.input), [one]);
      else group.push(one);
    }
    for (const [name, members] of groups) {
      const { input } = members[0] as UnknownEffect;
      this.numbers.set(name, this.kinds.length);
      if ((input.f !== 'settle' && input.f !== 'withdraw') || (input.amount ?? 0n) === 0n)
        this.plain.push(this.kinds.length);
      this.kinds.push({ input, members, used: 0, reserved: 0 });
    }
    this.all = [...this.kinds.keys()];
  }

  inputOf(kind: number): StreamInput {
    return (this.kinds[kind] as Kind).input;
  }

  /** The operation that would be used next. Undefined: all are used or reserved. */
  next(kind: number): UnknownEffect | undefined {
    const { members, used, reserved } = this.kinds[kind] as Kind;
    return used + reserved >= members.length ? undefined : members[used];
  }

  take(kind: number): void {
    (this.kinds[kind] as Kind).used += 1;
  }

  giveBack(kind: number): void {
    (this.kinds[kind] as Kind).used -= 1;
  }

  reserve(kind: number, count: 1 | -1): void {
    (this.kinds[kind] as Kind).reserved += count;
  }

  every(): readonly number[] {
    return this.all;
  }

  /** The kinds that release or take exactly these amounts, or whose request shows no amount. */
  moving(released: bigint, withdrawn: bigint): number[] {
    const names = [
      ...(released > 0n && withdrawn === 0n ? [nameOf({ f: 'settle', amount: released })] : []),
      ...(withdrawn > 0n && released === 0n ? [nameOf({ f: 'withdraw', amount: withdrawn })] : []),
    ];
    const found = names.flatMap((name) => this.numbers.get(name) ?? []);
    return released === 0n && withdrawn === 0n ? this.plain : found;
  }

  /** The number of used operations per kind, as a unique text. */
  usage(): string {
    return this.kinds.map(({ used }) => used).join(',');
  }
}

function nameOf({ f, amount }: StreamInput): string {
  return `${f} ${amount ?? ''}`;
}
