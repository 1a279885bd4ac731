/** Checked histories as JSON: verdicts, and for each key that is not ok, what a program needs to show the reason. */
import type { Operation, SequentialModel } from '../../suites/checker/operation.ts';
import type { KeyResult, Prefix } from '../../suites/checker/result.ts';
import type { CheckedFile } from './model.ts';

export const CHECK_JSON_VERSION = 1;

export function checkJson(files: readonly CheckedFile[]): string {
  const checked = files.map(({ name, result }) => ({
    file: name,
    model: result.model.name,
    verdict: result.verdict,
    reason: result.reason,
    operations: result.operations,
    ignored: result.ignored,
    timesFrom: result.timesFrom,
    keys: result.keys.length,
    steps: result.steps,
    decidedMs: Math.round(result.decidedMs),
    notOk: result.keys.filter((key) => key.verdict !== 'ok').map((key) => keyJson(result.model, key)),
  }));
  return JSON.stringify({ version: CHECK_JSON_VERSION, files: checked }, undefined, 2);
}

function keyJson(model: SequentialModel, key: KeyResult): object {
  const { operations, unwritten, versions, reached, explanation } = key;
  const core = explanation?.core;
  return {
    key: key.key,
    verdict: key.verdict,
    reason: key.reason,
    by: key.by,
    operations: operations.length,
    steps: key.steps,
    unwritten: unwritten && {
      ...unwritten,
      operation: operationJson(model, operations[unwritten.operation]),
    },
    versions: versions && {
      ...versions,
      operation: operationJson(model, operations[versions.operation]),
      other: versions.other === undefined ? undefined : operationJson(model, operations[versions.other]),
    },
    // For an undecided key, an order says nothing yet.
    reached: reached && key.verdict === 'illegal' ? prefixJson(model, operations, reached) : undefined,
    core: core && {
      minimal: core.minimal,
      operations: core.operations.map((operation) => operationJson(model, operation)),
      ...prefixJson(model, core.operations, core.prefix),
    },
  };
}

function prefixJson(
  model: SequentialModel,
  operations: readonly Operation[],
  { order, state, stuck }: Prefix,
): object {
  return {
    order: order.map((id) => operationJson(model, operations[id])),
    state,
    stuck: stuck.map(({ operation, why }) => ({
      operation: operationJson(model, operations[operation]),
      why,
    })),
  };
}

/** A time that does not matter or is unknown becomes null. */
function operationJson(model: SequentialModel, operation: Operation | undefined): object | undefined {
  if (operation === undefined) return undefined;
  const { client, call, return: end, optional } = operation;
  const time = (at: number): number | null => (Number.isFinite(at) ? at : null);
  return { client, call: time(call), return: time(end), optional, label: model.label(operation) };
}
