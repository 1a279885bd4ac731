/**
 * The parts of zod that schemas here use. The build bundles them into this one file: loading zod's own hundred files, with
 * messages in every language, takes seven times as long, in each of the processes that a run starts.
 */
export {
  array,
  boolean,
  custom,
  discriminatedUnion,
  enum,
  int,
  lazy,
  literal,
  looseObject,
  null,
  number,
  partialRecord,
  record,
  strictObject,
  string,
  toJSONSchema,
  tuple,
  undefined,
  union,
  unknown,
} from 'zod';
export type { core, infer, ZodType } from 'zod';
