/**
 * What schemas here use of zod. The build puts that into this one file: to load zod's own hundred, with messages in every
 * language, takes seven times as long, in each of the processes that a run starts.
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
