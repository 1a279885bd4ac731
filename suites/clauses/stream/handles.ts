/** Objects that the adapter has returned or received, and that the caller changes in place. */
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave, saved, view } from '../../harness/cases/generate.ts';
import { planned, unexpectedError, type Planned } from '../../harness/cases/plan.ts';
import type { Subject } from '../../harness/engine/property.ts';

/** A page whose first item is the stream of this trial, because the ids of later trials sort first. */
export const LIST: CallStep = direct('streams.list', { status: 'active', limit: 1 });
export const SCAN: CallStep = direct('streams.scan', { limit: 1 });

/** The object that the caller changes in place: where the adapter returned or received it. */
export const HANDLES = [
  'what create was given',
  'what create returned',
  'what get returned',
  'what put returned',
  'what put was given',
  'an item of a list',
  'an item of a scan',
  'what get returned through the view',
  'what put was given through the view',
] as const;
export type Handle = (typeof HANDLES)[number];

/** Steps after the change in place may fail because of it. */
export function misusePlan(handle: Handle, id: string, { surfaces }: Subject): Planned[] {
  const steps = misuse(handle, id, surfaces.includes('locks'));
  const change = steps.findIndex((step) => step.do === 'mutate');
  return steps.map((step, index) =>
    planned(step, (record) => {
      const failed = unexpectedError(record);
      if (failed === undefined || index <= change || change < 0) return failed;
      return {
        ...failed,
        summary: `After a caller changed ${handle}, the section failed: ${failed.actual}`,
        expected: 'the storage does not depend on the objects of its callers',
      };
    }),
  );
}

/** The steps that change an object in place that the adapter has returned or received. */
function misuse(handle: Handle, id: string, hasLocks: boolean): Step[] {
  const mutate = (name: string): Step => ({ do: 'mutate', saved: name });
  const get = saved('own', direct('streams.get', id));
  // Puts the same object that get returned.
  const put: CallStep = direct('streams.put', { $saved: 'own' });
  switch (handle) {
    case 'what create was given':
      return [];
    case 'what create returned':
      return [mutate('create')];
    case 'what get returned':
      return [mutate('get')];
    case 'what put returned':
      return [get, saved('put', put), mutate('put')];
    case 'what put was given':
      return [get, put, mutate('own')];
    case 'an item of a list':
      return [saved('page', LIST), mutate('page')];
    case 'an item of a scan':
      return [saved('page', SCAN), mutate('page')];
    case 'what get returned through the view':
      return hasLocks ? [enter(id), saved('seen', view('streams.get', id)), mutate('seen'), leave] : [get];
    case 'what put was given through the view':
      // Read within the section, because a callback that runs again must find the object as it was.
      return hasLocks
        ? [enter(id), saved('own', view('streams.get', id)), { ...put, via: 'view' }, mutate('own'), leave]
        : [get];
    default:
      return handle satisfies never;
  }
}
