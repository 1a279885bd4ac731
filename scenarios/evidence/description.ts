/**
 * `evidence.json`, the description of a run. It is one line of JSON. Its last member is the SHA-256 of the others, so
 * a change of it, or of a file that it names, is noticed.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from '../../adapters/contract/zod.ts';
import { idOfRule, STREAM_STATUSES, SURFACES, type IdOf } from '../../adapters/contract/index.ts';
import { EARLIER_EVIDENCE_VERSION, EVIDENCE_VERSION, type EvidenceHeader } from '../evidence.ts';
import { NO_POWER } from './model/power.ts';
import { fileReason } from '../fileReason.ts';
import { FAULT_NAMES } from '../faults/catalog.ts';
import { STRAY_KINDS } from '../host/beside/beside.ts';
import { readTextFile } from '../textFile.ts';
import { writeWhole } from '../wholeFile.ts';
import { MAX_PROCESSES } from '../load/run/options.ts';
import { MAX_STREAMS } from '../load/run/provider.ts';
import { seededStreams } from '../load/run/streams.ts';
import type { Measured } from '../load/measuring/measured.ts';
import { evidenceError, parseLine } from './evidenceError.ts';

export const DESCRIPTION_FILE = 'evidence.json';

const SEAL = /,"sha256":"([0-9a-f]{64})"\}\n$/;

export function writeDescription(dir: string, header: EvidenceHeader): void {
  const { seeded: streams, provided } = header;
  const written = provided === undefined ? streams : streams.slice(0, streams.length - provided.count);
  const text = JSON.stringify({ ...header, seeded: written });
  const sealed = `${text.slice(0, -1)},"sha256":"${hashOf(text)}"}\n`;
  writeWhole(join(dir, DESCRIPTION_FILE), sealed);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const power = z.looseObject({
  crossProcessAttempts: z.number(),
  inProcessAttempts: z.number().optional(),
  contendedStreams: z.number(),
  duplicateAttempts: z.number(),
  scansBesideWrites: z.number(),
  claimRaces: z.number(),
  lateFinishes: z.number(),
});
const file = z.looseObject({
  name: z.string(),
  lines: z.number().optional(),
  sha256: z.string().optional(),
  ended: z.string().optional(),
});
const amount = z.string().regex(/^\d{1,38}$/, 'expected an amount, a string of digits');
const seeded = z.looseObject({
  id: z.string(),
  status: z.enum(STREAM_STATUSES),
  revision: z.int().min(0),
  createdAt: z.string(),
  totalAmount: amount,
  releasedAmount: amount,
  withdrawnAmount: amount,
});
const VERSIONS = [EARLIER_EVIDENCE_VERSION, EVIDENCE_VERSION] as const;
const sent = { due: z.number(), neverSent: z.number() };
const cpuTime = z.looseObject({ us: z.number(), bySecond: z.array(z.number()) });
const measured: z.ZodType<Measured> = z.looseObject({
  from: z.number(),
  to: z.number(),
  loop: z.discriminatedUnion('kind', [
    z.looseObject({ kind: z.literal('closed') }),
    z.looseObject({ kind: z.literal('open'), ratePerSecond: z.number(), ...sent }),
    z.looseObject({
      kind: z.literal('stepped'),
      closedPerSecond: z.number(),
      steps: z.array(
        z.looseObject({
          ratePerSecond: z.number(),
          from: z.number(),
          to: z.number(),
          held: z.boolean(),
          ...sent,
        }),
      ),
      heldPerSecond: z.number().nullable(),
    }),
  ]),
  generator: z.looseObject({
    cpuShare: z.number(),
    maxLagMs: z.number(),
    lateShare: z.number(),
    limitedBy: z.array(z.enum(['cpu', 'lag'])),
  }),
  cpu: z.looseObject({ services: cpuTime, drivers: cpuTime }),
});
const headerSchema = z.looseObject({
  version: z.literal(VERSIONS),
  target: z.looseObject({ name: z.string(), version: z.string() }),
  surfaces: z.array(z.enum(SURFACES)),
  capabilities: z.looseObject({
    crossInstance: z.boolean(),
    atomic: z.boolean(),
    fencing: z.boolean().optional(),
    recoveryMs: z.number().nullable().optional(),
  }),
  ids: z.looseObject({ pattern: z.string(), flags: z.string(), example: z.string() }).optional(),
  workload: z.enum(['lifecycle', 'balance']),
  mix: z.string(),
  seed: z.number(),
  services: z.int().min(1).max(MAX_PROCESSES),
  drivers: z.int().min(1).max(MAX_PROCESSES),
  seeded: z.array(seeded),
  provided: z
    .looseObject({
      count: z.int().min(1).max(MAX_STREAMS),
      statuses: z.array(z.enum(STREAM_STATUSES)).min(1),
    })
    .optional(),
  seededExports: z.array(z.string()),
  minimums: power,
  faults: z.partialRecord(z.enum(FAULT_NAMES), z.number()).optional(),
  handOvers: z.array(z.looseObject({ from: z.number(), to: z.number() })).optional(),
  environment: z.record(z.string(), z.unknown()),
  options: z.record(z.string(), z.unknown()),
  startedAt: z.string(),
  loadFrom: z.number(),
  loadTo: z.number(),
  measured: measured.optional(),
  interrupted: z.string().optional(),
  storageFailure: z.string().optional(),
  beside: z
    .array(
      z.looseObject({
        where: z.string(),
        kind: z.enum(STRAY_KINDS),
        text: z.string(),
        stack: z.string().optional(),
      }),
    )
    .optional(),
  files: z.array(file),
});

/** The size in bytes. 0 if there is no description; readEvidenceHeader reports that. */
export async function sizeOfDescription(dir: string): Promise<number> {
  return (await stat(join(dir, DESCRIPTION_FILE)).catch(() => undefined))?.size ?? 0;
}

/** Errors: EVIDENCE_MISSING, EVIDENCE_VERSION, EVIDENCE_MALFORMED. */
export async function readEvidenceHeader(dir: string): Promise<EvidenceHeader> {
  const name = DESCRIPTION_FILE;
  const path = join(dir, name);
  let text: string;
  try {
    text = readTextFile(path);
  } catch (error) {
    throw evidenceError(
      'EVIDENCE_MISSING',
      name,
      `Expected evidence of a load in ${path}, got ${fileReason(error)}`,
      {
        cause: error,
      },
    );
  }
  const header = parseLine(text, name, 1) as { readonly version?: unknown } | null;
  if (typeof header === 'object' && !(VERSIONS as readonly unknown[]).includes(header?.version))
    throw evidenceError(
      'EVIDENCE_VERSION',
      name,
      `Expected version ${VERSIONS.join(' or ')}, got ${JSON.stringify(header?.version) ?? 'none'}`,
    );
  requireSeal(text, name);
  const checked = headerSchema.safeParse(header);
  if (checked.success) {
    const { sha256: _sha256, ...described } = header as unknown as EvidenceHeader & { sha256?: string };
    // Older evidence has no minimums for what was not counted then.
    return withProvided({ ...described, minimums: { ...NO_POWER, ...described.minimums } });
  }
  const issue = checked.error.issues[0];
  throw evidenceError(
    'EVIDENCE_MALFORMED',
    name,
    `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`,
  );
}

/** Adds the streams that the description does not list. */
function withProvided(header: EvidenceHeader): EvidenceHeader {
  const { seeded: streams, provided, workload, ids } = header;
  if (provided === undefined) return header;
  const range = { from: streams.length, to: streams.length + provided.count };
  const rule = { workload, statuses: provided.statuses };
  let idOf: IdOf;
  try {
    idOf = idOfRule(ids ?? null);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw evidenceError('EVIDENCE_MALFORMED', DESCRIPTION_FILE, `ids: ${problem}`, { cause });
  }
  return { ...header, seeded: [...streams, ...seededStreams(range, rule, idOf)] };
}

function requireSeal(text: string, name: string): void {
  const seal = SEAL.exec(text);
  if (seal === null)
    throw evidenceError('EVIDENCE_MALFORMED', name, 'Expected "sha256" as its last member: it was changed');
  if (hashOf(`${text.slice(0, seal.index)}}`) !== seal[1])
    throw evidenceError(
      'EVIDENCE_MALFORMED',
      name,
      'It is not what the run wrote: its hash is another one than its "sha256"',
    );
}
