/** Callers who settle one stream with one key at once. */
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from '../../harness/cases/generate.ts';
import type { Scope, Trial } from '../../harness/engine/property.ts';

type Request = Extract<Step, { do: 'request' }>;
type Body = Pick<Request, 'body'>;

export function settling(scope: Scope, body: Body): Request {
  return { do: 'request', operation: 'settle', stream: scope.id('s1'), key: scope.asIs('k1'), ...body };
}

/** Makes one caller for each body. */
export function settleRace(scope: Scope, bodies: readonly Body[]): Pick<Trial, 'setup' | 'actors'> {
  return {
    setup: [direct('streams.create', streamOf(scope.id('s1')))],
    actors: bodies.map((body, instance): Actor => ({ instance, steps: [settling(scope, body)] })),
  };
}
