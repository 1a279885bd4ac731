/** The file in which a load notes what it was struck by. */
import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Strike } from '../evidence.ts';
import { FAULT_NAMES, STRIKE_POINTS } from '../faults/catalog.ts';
import { evidenceError, parseLine } from './evidenceError.ts';

export const STRIKES_FILE = 'faults.jsonl';

const strikeSchema: z.ZodType<Strike> = z.looseObject({
  number: z.number(),
  fault: z.enum(FAULT_NAMES),
  point: z.enum(STRIKE_POINTS),
  service: z.number(),
  stream: z.string().exactOptional(),
  at: z.number().exactOptional(),
  until: z.number().exactOptional(),
  proof: z.string().exactOptional(),
  missed: z.string().exactOptional(),
  usable: z.array(z.looseObject({ service: z.number(), at: z.number().nullable() })),
  ended: z.array(z.looseObject({ service: z.number(), how: z.string() })),
});

/** Written at once: a load that ends early has struck all the same. */
export function writeStrike(path: string, strike: Strike): void {
  appendFileSync(path, `${JSON.stringify(strike)}\n`);
}

/** Errors: EVIDENCE_MALFORMED. */
export async function readStrikes(path: string): Promise<Strike[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line, index) => {
    const checked = strikeSchema.safeParse(parseLine(line, STRIKES_FILE, index + 1));
    if (checked.success) return checked.data;
    throw evidenceError('EVIDENCE_MALFORMED', STRIKES_FILE, 'Expected a fault that struck', {
      line: index + 1,
    });
  });
}
