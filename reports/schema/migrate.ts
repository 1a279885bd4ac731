/** Shape of what `lockstep migrate --json` prints, see reports/migrate/model.ts. `schemas/migrate.json` is made from it. */
import * as z from '../../adapters/contract/zod.ts';
import { MIGRATION_SIDES, READ_SURFACES, STAGES } from '../../adapters/contract/index.ts';
import { GATE_NAMES, OUTCOMES, STEP_NAMES, UNDOABLE } from '../../adapters/contract/migration/moveSteps.ts';
import { MIGRATE_TASKS, MIGRATE_VERSION, type MigrateReport } from '../migrate/model.ts';
import { inStep, type Same } from './inStep.ts';

const count = z.int().min(0);
const step = z.enum(STEP_NAMES);
const figures = z.record(z.string(), z.number());
const side = z.strictObject({ target: z.string(), namespace: z.string() });
const measured = z.union([z.strictObject({ at: z.string(), figures }), z.null()]);
const percent = z.number().min(0).max(100);
const reads = z.strictObject(
  Object.fromEntries(READ_SURFACES.map((surface) => [surface, percent])) as Record<
    (typeof READ_SURFACES)[number],
    typeof percent
  >,
);

const gate = z
  .strictObject({
    gate: z.enum(GATE_NAMES),
    passed: z.boolean(),
    figures: z.record(z.string(), z.union([z.number(), z.string()])),
    says: z.string(),
    todo: z.string().exactOptional(),
  })
  .meta({ id: 'MigrateGate', description: 'A gate with the figures it decided by; times in milliseconds.' });

const planEntry = z.strictObject({
  step,
  state: z.enum(['done', 'next', 'later']),
  does: z.string(),
  risks: z.string(),
  back: z.string(),
  needs: z.array(z.enum(GATE_NAMES)),
  gates: z.array(gate),
});

const taken = z
  .strictObject({
    step,
    isUndo: z.boolean(),
    outcome: z.enum(OUTCOMES),
    durationMs: z.number().min(0),
    gates: z.array(gate),
    figures,
    found: z.array(z.string()),
  })
  .meta({ id: 'MigrateStep', description: 'A step that was taken, or rolled back.' });

const instance = z.strictObject({
  id: z.string(),
  stage: z.enum(STAGES),
  control: count,
  epoch: count,
  oldestSectionMs: z.number().min(0),
  lockstep: z.string(),
  at: z.string(),
  shadowed: count,
  shadowDifferences: count,
});

const state = z.strictObject({
  lastDone: z.union([step, z.null()]),
  next: z.union([step, z.null()]),
  undoable: z.union([z.enum(UNDOABLE), z.null()]),
  decides: z.union([z.enum(MIGRATION_SIDES), z.null()]),
  epoch: count,
  finished: z.boolean(),
  order: z.union([z.strictObject({ version: count, stage: z.enum(STAGES), reads }), z.null()]),
  operator: z.union([z.strictObject({ owner: z.string(), since: z.string() }), z.null()]),
  instances: z.array(instance),
  owed: z.strictObject({
    count,
    oldestMs: z.number().min(0),
    first: z.array(
      z.strictObject({
        kind: z.string(),
        id: z.string().exactOptional(),
        reason: z.string().exactOptional(),
      }),
    ),
  }),
  suspended: z.array(z.string()),
  comparison: measured,
  rehearsal: measured,
});

const migrateReport = z.strictObject({
  schemaVersion: z.literal(MIGRATE_VERSION),
  kind: z.literal('migrate'),
  lockstepVersion: z.string(),
  startedAt: z.string(),
  durationMs: z.number().min(0),
  repeat: z.string(),
  old: side,
  new: side,
  asked: z.enum(MIGRATE_TASKS),
  partial: z.boolean(),
  plan: z.array(planEntry).exactOptional(),
  taken: z.array(taken),
  state: state.exactOptional(),
  exitStatus: z.union([z.literal(0), z.literal(3), z.literal(4)]),
});

inStep<Same<z.infer<typeof migrateReport>, MigrateReport>>();

export const migrateReportSchema: z.ZodType<MigrateReport> = migrateReport;
