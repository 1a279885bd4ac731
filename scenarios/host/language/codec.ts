/**
 * Tagged JSON: encodes the values that programs, arguments and results consist of as one line. In addition to JSON's
 * own values it keeps undefined, bigint, NaN, the infinities and -0. Other values that an adapter may return (a Date, a
 * Map, a function, an instance of a class, a cycle) cannot be encoded: they throw Garbage, which names the type.
 */

/** An object with this own key is a tag. An ordinary object that has the key travels inside a tag. */
const TAG = '$';
/** Deeper values cannot be encoded, so that no result can exhaust the stack. */
const MAX_DEPTH = 500;

type Tagged =
  | { readonly $: 'undefined' }
  | { readonly $: 'bigint'; readonly v: string }
  | { readonly $: 'number'; readonly v: string }
  | { readonly $: 'object'; readonly v: Record<string, unknown> };

/** A value that cannot be encoded: `found` is its type, `path` its place in the whole value. */
export class Garbage extends Error {
  override readonly name = 'Garbage';
  readonly found: string;
  readonly path: string;

  constructor(found: string, path: string) {
    super(`Expected a plain value, got ${found}${path === '' ? '' : ` at ${path}`}.`);
    this.found = found;
    this.path = path;
  }
}

/** Encodes `value` as one line. Throws Garbage. */
export function encode(value: unknown): string {
  return JSON.stringify(copy(value, [], tag));
}

/** Decodes a line of `encode`. Throws SyntaxError for other lines. */
export function decode(line: string): unknown {
  const parsed: unknown = JSON.parse(line);
  // A line with a tag contains its key literally.
  return line.includes(`"${TAG}"`) ? untag(parsed) : parsed;
}

/** A deep copy that does not follow later changes of `value`. Throws Garbage. */
export function snapshot(value: unknown): unknown {
  return copy(value, [], (inner) => inner);
}

type Wrap = (value: unknown) => unknown;

/** The current position: the enclosing containers, and the key that leads on from each. */
type Trail = { readonly container: object; key: string | number }[];

function copy(value: unknown, trail: Trail, wrap: Wrap): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : wrap(value);
    case 'undefined':
    case 'bigint':
      return wrap(value);
    case 'object':
      return value === null ? null : copyContainer(value, trail, wrap);
    default:
      throw garbage(value, trail);
  }
}

function copyContainer(value: object, trail: Trail, wrap: Wrap): unknown {
  const prototype: unknown = Object.getPrototypeOf(value);
  const isArray = Array.isArray(value) && prototype === Array.prototype;
  if (!isArray && prototype !== Object.prototype && prototype !== null) throw garbage(value, trail);
  if (trail.some((step) => step.container === value)) throw new Garbage('a cycle', pathOf(trail));
  if (trail.length > MAX_DEPTH) throw new Garbage(`more than ${MAX_DEPTH} levels of nesting`, '');
  const here: Trail[number] = { container: value, key: 0 };
  trail.push(here);
  const copied = isArray ? copyArray(value, here, trail, wrap) : copyObject(value, here, trail, wrap);
  trail.pop();
  return copied;
}

function copyArray(value: readonly unknown[], here: Trail[number], trail: Trail, wrap: Wrap): unknown[] {
  const copied: unknown[] = [];
  for (let index = 0; index < value.length; index += 1) {
    here.key = index;
    copied.push(copy(value[index], trail, wrap));
  }
  return copied;
}

function copyObject(value: object, here: Trail[number], trail: Trail, wrap: Wrap): unknown {
  const copied: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    here.key = key;
    const inner = copy(read(value, key, trail), trail, wrap);
    // Assigning to `__proto__` would set the prototype.
    if (key === '__proto__')
      Object.defineProperty(copied, key, {
        value: inner,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    else copied[key] = inner;
  }
  return Object.hasOwn(value, TAG) ? wrap(copied) : copied;
}

function read(value: object, key: string, trail: Trail): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    throw new Garbage('a property that throws', pathOf(trail));
  }
}

function tag(value: unknown): Tagged {
  if (value === undefined) return { $: 'undefined' };
  if (typeof value === 'bigint') return { $: 'bigint', v: String(value) };
  if (typeof value === 'number') return { $: 'number', v: Object.is(value, -0) ? '-0' : String(value) };
  return { $: 'object', v: value as Record<string, unknown> };
}

function untag(node: unknown): unknown {
  if (typeof node !== 'object' || node === null) return node;
  if (!Array.isArray(node) && Object.hasOwn(node, TAG)) return untagged(node as Tagged);
  return untagInside(node);
}

/** Freshly parsed containers have no other owner, so they are changed in place. */
function untagInside(node: object): unknown {
  const container = node as Record<string, unknown>;
  for (const key of Object.keys(container)) container[key] = untag(container[key]);
  return container;
}

function untagged(node: Tagged): unknown {
  switch (node.$) {
    case 'undefined':
      return undefined;
    case 'bigint':
      return BigInt(node.v);
    case 'number':
      return Number(node.v);
    case 'object':
      return untagInside(node.v);
    default:
      throw new SyntaxError(`Expected a tag of this codec, got ${JSON.stringify(node satisfies never)}`);
  }
}

function garbage(value: unknown, trail: Trail): Garbage {
  return new Garbage(typeName(value), pathOf(trail));
}

function typeName(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  try {
    const { name } = value.constructor as { readonly name?: unknown };
    return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an object of a class';
  } catch {
    return 'an object of a class';
  }
}

function pathOf(trail: Trail): string {
  return trail.map((step) => String(step.key)).join('.');
}
