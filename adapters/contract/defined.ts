/** What is left of an object when the fields without a value are left out. */
type Defined<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

/**
 * Leaves out the fields that are `undefined`, for types whose optional fields exclude it:
 * `{ id, ...defined({ timeoutMs }) }`. It makes an object for each call, so code that runs for each row or each
 * operation spells the condition out instead.
 */
export function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  const kept: Partial<Fields> = {};
  for (const key in fields) if (fields[key] !== undefined) kept[key] = fields[key];
  return kept as Defined<Fields>;
}
