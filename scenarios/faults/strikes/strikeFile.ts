/** The file in which a load records its strikes. */
import { readFile } from 'node:fs/promises';
import * as z from '../../../adapters/contract/zod.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import type { Strike } from '../../evidence.ts';
import { FAULT_NAMES } from '../catalog.ts';
import { STRIKE_POINTS } from '../points.ts';
import { END_PREFIX } from '../../evidence/endRecord.ts';
import { openEvidence, type OnUnwritten } from '../../evidence/evidenceStream.ts';
import { evidenceError, parseLine } from '../../evidence/evidenceError.ts';
import { STRIKES_FILE } from '../../evidence/files.ts';

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

export interface StrikeFile {
  /** Writes at once, so that a load that ends early leaves its strikes. */
  write(strike: Strike): void;
  /** Writes that the file is complete. Idempotent. Later strikes are dropped. */
  close(): void;
}

export function openStrikes(path: string, onUnwritten?: OnUnwritten): StrikeFile {
  const stream = openEvidence(path, defined({ onUnwritten }));
  return { write: (strike) => stream.add(strike), close: () => stream.close() };
}

/** Errors: EVIDENCE_MALFORMED. */
export async function readStrikes(path: string): Promise<Strike[]> {
  const lines = (await readFile(path, 'utf8'))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(END_PREFIX));
  return lines.map((line, index) => {
    const checked = strikeSchema.safeParse(parseLine(line, STRIKES_FILE, index + 1));
    if (checked.success) return checked.data;
    throw evidenceError('EVIDENCE_MALFORMED', STRIKES_FILE, 'Expected a fault that struck', {
      line: index + 1,
    });
  });
}
