/**
 * What a failure depends on, as far as contrasts have shown. Each cause is a measured difference. It is named only if
 * no other difference could explain the failure. Pure.
 */
import type { Tally } from '../../result.ts';
import { isCertainlyMore } from './rates.ts';

/** The reruns of the program, under the failing conditions first. Absent members were not run or could not be. */
export interface Measured {
  /** Under the failing conditions. */
  readonly failing: Tally;
  readonly environment: string;
  /** With all processes in UTC. */
  readonly inUtc?: Tally;
  /** Without moving clocks. */
  readonly unmoved?: Tally;
  /** On the service itself, without the environment. */
  readonly onService?: Tally;
  /** In a database that orders text by its bytes. */
  readonly byteOrder?: Tally;
  /** Without bounds on waits for locks. */
  readonly unbounded?: Tally;
  /** With its actors one after another, where it failed. */
  readonly inTurn?: Tally;
  /**
   * On fewer or closer instances. If the program moves clocks, both reruns leave them alone, because clocks cannot
   * differ on one instance.
   */
  readonly apart?: Apart;
}

/** The same program on several instances, and on one instance or within one process. */
export interface Apart {
  /** What the several instances differ by. */
  readonly of: 'processes' | 'instances';
  readonly several: Tally;
  readonly one: Tally;
  /** On several instances, with one actor after another, so that an adapter's own queue of callers plays no part. */
  readonly severalInTurn?: Tally;
  /**
   * How often two sections of one stream were inside at once, in each of the two. Absent: the program has no sections.
   */
  readonly lock?: { readonly several: Tally; readonly one: Tally };
}

/**
 * Whether the storage keeps the time. Then moving the clock of a process changes nothing, unless the adapter reads that
 * clock.
 */
export interface Declared {
  readonly crossInstance: boolean;
}

/** This is true of every race, so two failures with only this cause may be two different bugs. */
export const IN_BETWEEN =
  'it held when its actors ran one after another: it needs steps of other actors in between';

export function causeOf(measured: Measured, { crossInstance }: Declared): string | undefined {
  const { failing, environment, inUtc, unmoved, onService, byteOrder, apart, unbounded, inTurn } = measured;
  const holds = (tally: Tally | undefined): boolean => tally !== undefined && isCertainlyMore(failing, tally);
  if (holds(inUtc))
    return 'it held with every process in UTC, and failed with processes in other time zones: the adapter stores or compares local times';
  if (holds(unmoved))
    return crossInstance
      ? 'it held while no clock was moved, and failed with a moved one: the adapter relies on the clock of a process'
      : undefined;
  if (holds(onService))
    return `it held on the service itself and failed in the environment "${environment}": the adapter relies on something that this environment does not preserve`;
  if (holds(byteOrder))
    return 'it held in a database that orders text by its bytes, and failed in one with a dictionary order: the adapter relies on the collation';
  const kept = apart === undefined ? undefined : keptApart(apart);
  if (kept !== undefined) return kept;
  if (holds(unbounded))
    return 'it held with waits that have no timeout, and failed with one that has: a wait that times out contributes to the failure';
  if (holds(inTurn)) return IN_BETWEEN;
  return undefined;
}

const ONE: Readonly<Record<Apart['of'], string>> = {
  processes: 'one process',
  instances: 'one instance',
};

/**
 * Success on one instance proves little: its callers may wait for each other in a queue of that instance, whatever the
 * storage does. So the lock is tested separately, and shared state is tested without concurrency.
 */
function keptApart({ of, several, one, severalInTurn, lock }: Apart): string | undefined {
  if (!isCertainlyMore(several, one)) return undefined;
  const where = ONE[of];
  if (severalInTurn !== undefined && isCertainlyMore(severalInTurn, one))
    return `it held in ${where}, and failed on several ${of} although nothing ran concurrently: ${where} keeps state that the others must see`;
  if (lock !== undefined && isCertainlyMore(lock.several, lock.one))
    return `two sections of one stream run at once on several ${of}, but never in ${where}: the lock does not reach beyond ${where}`;
  return undefined;
}
