/** A model's steps as numbers: states are interned, and repeated steps are looked up. */
import type { Operation, SequentialModel } from '../operation.ts';
import type { Meter } from './meter.ts';

/** In this state the operation could not have had its answer. */
export const REFUSED = -1;
/** The budget has no room for another state. */
export const NO_ROOM = -2;

const FIRST_SLOTS = 256;
/** The fields of a slot: state, class, next state. Each is stored plus one, because 0 means free. */
const FIELDS = 3;
const SLOT_BYTES = FIELDS * 4;
/** The cost of a state besides its text: the object, and its entries in the map and in the list. */
const STATE_BYTES = 160;

export class Transitions<Input, State> {
  readonly states: State[] = [];
  private readonly model: SequentialModel<Input, State>;
  private readonly operations: readonly Operation<Input>[];
  private readonly numbers = new Map<string, number>();
  private readonly classes: Int32Array;
  private slots = new Int32Array(FIRST_SLOTS * FIELDS);
  private count = 0;
  private stateBytes = 0;
  private readonly meter: Meter;

  constructor(
    model: SequentialModel<Input, State>,
    operations: readonly Operation<Input>[],
    initial: State,
    meter: Meter,
  ) {
    this.model = model;
    this.operations = operations;
    this.meter = meter;
    this.classes = classesOf(model, operations);
    this.states.push(initial);
    this.numbers.set(model.keyOf(initial), 0);
  }

  static bytesFor(count: number): number {
    return FIRST_SLOTS * SLOT_BYTES + 4 * count;
  }

  get bytes(): number {
    return (this.slots.length / FIELDS) * SLOT_BYTES + 4 * this.classes.length + this.stateBytes;
  }

  /** The number of the state after the operation `id`, or REFUSED, or NO_ROOM. */
  step(state: number, id: number): number {
    const group = this.classes[id] as number;
    const { slots } = this;
    const slot = slotOf(slots, state, group);
    if (slots[slot] !== 0) return slots[slot + 2] as number;
    const operation = this.operations[id] as Operation<Input>;
    const next = this.numberOf(this.model.step(this.states[state] as State, operation));
    if (next === NO_ROOM || !this.makeRoom()) return NO_ROOM;
    this.put(state, group, next);
    return next;
  }

  private numberOf(state: State | undefined): number {
    if (state === undefined) return REFUSED;
    const key = this.model.keyOf(state);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const bytes = STATE_BYTES + key.length;
    if (!this.meter.take(bytes)) return NO_ROOM;
    this.stateBytes += bytes;
    this.numbers.set(key, this.states.length);
    return this.states.push(state) - 1;
  }

  private put(state: number, group: number, next: number): void {
    const slot = slotOf(this.slots, state, group);
    this.slots[slot] = state + 1;
    this.slots[slot + 1] = group;
    this.slots[slot + 2] = next;
    this.count += 1;
  }

  private makeRoom(): boolean {
    const { slots } = this;
    if ((this.count + 1) * FIELDS * 2 <= slots.length) return true;
    if (!this.meter.take((slots.length / FIELDS) * SLOT_BYTES)) return false;
    this.slots = new Int32Array(slots.length * 2);
    this.count = 0;
    for (let at = 0; at < slots.length; at += FIELDS) {
      if (slots[at] !== 0)
        this.put((slots[at] as number) - 1, slots[at + 1] as number, slots[at + 2] as number);
    }
    return true;
  }
}

/** The slot of the step, or a free slot, whose first field is 0. */
function slotOf(slots: Int32Array, state: number, group: number): number {
  const mask = slots.length / FIELDS - 1;
  let mixed = Math.imul(state, 0x9e37_79b1) ^ Math.imul(group + 1, 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2_ae35);
  let slot = (mixed ^ (mixed >>> 16)) & mask;
  for (;;) {
    const at = slot * FIELDS;
    if (slots[at] === 0 || (slots[at] === state + 1 && slots[at + 1] === group)) return at;
    slot = (slot + 1) & mask;
  }
}

function classesOf<Input, State>(
  model: SequentialModel<Input, State>,
  operations: readonly Operation<Input>[],
): Int32Array {
  if (model.classOf === undefined) return Int32Array.from(operations.keys());
  const numbers = new Map<string, number>();
  return Int32Array.from(operations, (operation) => {
    const name = model.classOf?.(operation) ?? '';
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, numbers.size);
    return numbers.size - 1;
  });
}
