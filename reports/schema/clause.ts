/** Shapes of what suites emit, see suites/result.ts. */
import * as z from '../../adapters/contract/zod.ts';
import { FAULT_NAMES } from '../../scenarios/faults/catalog.ts';
import {
  CLAUSE_STATUSES,
  RULES,
  VERDICTS,
  type ClauseResult,
  type EffectTally,
  type Judgement,
  type Lane,
} from '../../suites/result.ts';
import { inStep, type Same } from './inStep.ts';
import { decisionSchema, programSchema } from './program.ts';

const count = z.int().min(0);

const lane = z
  .strictObject({
    label: z.string(),
    events: z.array(
      z.strictObject({
        label: z.string(),
        fromUs: z.number(),
        toUs: z.number(),
        kind: z.enum(['enter', 'leave', 'call', 'error', 'stuck', 'other']),
        marked: z.boolean().exactOptional(),
      }),
    ),
    held: z.strictObject({ fromUs: z.number(), toUs: z.number() }).exactOptional(),
  })
  .meta({ id: 'Lane', description: "One actor's or process's line in a picture of a failure." });

inStep<Same<z.infer<typeof lane>, Lane>>();

export const laneSchema: z.ZodType<Lane> = lane;

const tally = z.strictObject({ failed: count, of: count });

const clauseResult = z
  .strictObject({
    clause: z.string(),
    status: z.enum(CLAUSE_STATUSES),
    reason: z.string().exactOptional(),
    runs: count,
    exercised: count,
    orders: count,
    processes: count,
    instances: count,
    durationMs: z.number().min(0),
    seed: z.int(),
    situations: z.array(z.strictObject({ situation: z.string(), runs: count })).exactOptional(),
    timings: z
      .strictObject({
        hostsMs: count,
        openMs: count,
        programsMs: count,
        closeMs: count,
        blockedSteps: count,
        hostCpuMs: count,
      })
      .exactOptional(),
    counterexample: z
      .strictObject({
        summary: z.string(),
        expected: z.string(),
        actual: z.string(),
        path: z.string(),
        run: count,
        shrinks: count,
        lanes: z.array(laneSchema),
        program: programSchema.exactOptional(),
        order: z.array(decisionSchema).exactOptional(),
        reproduced: tally
          .extend({ how: z.enum(['in the recorded order', 'running freely']) })
          .exactOptional(),
        contrasts: z.array(z.strictObject({ how: z.string(), tally })).exactOptional(),
        cause: z.string().exactOptional(),
        hint: z.string().exactOptional(),
        symptom: z.string().exactOptional(),
      })
      .exactOptional(),
  })
  .meta({ id: 'ClauseResult', description: 'The result of one clause.' });

const powerSchema = z
  .strictObject({
    crossProcessAttempts: count,
    inProcessAttempts: count,
    contendedStreams: count,
    duplicateAttempts: count,
    scansBesideWrites: count,
    claimRaces: count,
    lateFinishes: count,
  })
  .meta({ id: 'Power', description: 'How often a rule could have been broken.' });

const finding = z
  .strictObject({
    summary: z.string(),
    stream: z.string().exactOptional(),
    services: z.array(z.int()),
    lanes: z.array(laneSchema),
  })
  .meta({ id: 'Finding', description: 'What a rule of the judge met.' });

const tallied = z
  .strictObject({ acknowledged: count, lost: z.union([count, z.null()]), doubled: count })
  .meta({ id: 'EffectTally', description: 'Effects; null: nobody knows how many are lost.' });

const milliseconds = z.union([z.number().min(0), z.null()]);
const recoverySchema = z
  .strictObject({ medianMs: milliseconds, maxMs: milliseconds })
  .meta({ id: 'Recovery', description: 'How long until a stream was usable again; null: never.' });

const judgement = z
  .strictObject({
    verdict: z.enum(VERDICTS),
    reason: z.string(),
    rules: z.array(
      z.strictObject({
        rule: z.enum(RULES),
        verdict: z.enum([...VERDICTS, 'not-applicable']),
        detail: z.string(),
        checked: count,
        violations: count,
        findings: z.array(finding),
      }),
    ),
    power: powerSchema,
    minimums: powerSchema,
    tally: tallied,
    faults: z
      .array(
        z.strictObject({
          fault: z.enum(FAULT_NAMES),
          planned: count,
          struck: count,
          others: recoverySchema.exactOptional(),
          self: recoverySchema.exactOptional(),
        }),
      )
      .exactOptional(),
  })
  .meta({ id: 'Judgement', description: 'What the judge found in the evidence of a scenario.' });

inStep<Same<z.infer<typeof clauseResult>, ClauseResult>>();
inStep<Same<z.infer<typeof judgement>, Judgement>>();

export const clauseResultSchema: z.ZodType<ClauseResult> = clauseResult;
export const tallySchema: z.ZodType<EffectTally> = tallied;
export const judgementSchema: z.ZodType<Judgement> = judgement;
