/** Callers who settle one stream with one key at once. */
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from '../../harness/cases/generate.ts';
import { bodyFor } from '../../harness/judging/requests.ts';
import type { Scope, Subject, Trial } from '../../harness/engine/property.ts';

type Request = Extract<Step, { do: 'request' }>;
type Body = Pick<Request, 'body'>;

export function settling(scope: Scope, body: Body): Request {
  return { do: 'request', operation: 'settle', stream: scope.id('s1'), key: scope.asIs('k1'), ...body };
}

/** Callers who repeat one request at once, and one more request after all of them have finished. */
export function repeatedSettle(callers: number, scope: Scope, subject: Subject): Trial {
  const body = bodyFor(subject);
  const bodies = Array.from({ length: callers }, () => body);
  return { ...settleRace(scope, bodies), finale: [settling(scope, body)] };
}

/** Makes one caller for each body. */
export function settleRace(scope: Scope, bodies: readonly Body[]): Pick<Trial, 'setup' | 'actors'> {
  return {
    setup: [direct('streams.create', streamOf(scope.id('s1')))],
    actors: bodies.map((body, instance): Actor => ({ instance, steps: [settling(scope, body)] })),
  };
}
