/** A claim is held while other instances come and go (see MEANWHILE). It must stay with its holder. */
import fc from 'fast-check';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { capitalized } from '../../capitalized.ts';
import { saved } from '../cases/generate.ts';
import { scripted, turn } from '../cases/script.ts';
import type { Failure, Scope, Subject, TrialRun } from '../engine/property.ts';
import { codeOf, observed, valueOf, whoOf, type Observed } from '../judging/observe.ts';
import { MEANWHILE, MEANWHILE_ACTORS, type Meanwhile } from '../vocabulary/meanwhile.ts';
import { entriesFor } from '../vocabulary/vocabulary.ts';
import type { Part } from './joined.ts';

export interface HeldClaim {
  /** What is claimed, for messages: `an execution`. */
  readonly what: string;
  readonly before?: (scope: Scope) => readonly Step[];
  /**
   * The call that requests the claim. The holder makes it first, and then another caller, who must not get the claim.
   */
  readonly asks: (scope: Scope) => CallStep;
  readonly isGiven: (answer: unknown) => boolean;
  /** The call that finishes the work under the claim. */
  readonly finishes: (scope: Scope, claim: { readonly $saved: string; readonly path: string }) => CallStep;
  readonly applies: (subject: Subject) => boolean;
}

interface Case {
  readonly entry: string;
}

const { waiter, holder, director } = MEANWHILE_ACTORS;
const INSTANCES = Object.entries(MEANWHILE.entries).filter(([, { about }]) => about === 'instances');

export function claimedMeanwhile({
  what,
  before = () => [],
  asks,
  isGiven,
  finishes,
  applies,
}: HeldClaim): Part<Case> {
  const entriesOf = (subject: Subject): string[] =>
    entriesFor(MEANWHILE, subject).flatMap(([name, { about }]) => (about === 'instances' ? [name] : []));
  const wasGiven = (asked: Observed | undefined): asked is Observed =>
    asked !== undefined && codeOf(asked.record) === undefined && isGiven(valueOf(asked.record));
  return {
    applies,
    arbitrary: (subject) => fc.record({ entry: fc.constantFrom(...entriesOf(subject)) }),
    examples: (subject) => entriesOf(subject).map((entry) => ({ entry })),
    situations: () =>
      INSTANCES.map(([name, { told }]) => ({
        name: `${what} that was held ${told}`,
        occurred: (run) => run.input.entry === name && wasGiven(stepOf(holder, run)) && isBesideIt(run),
      })),
    trial: ({ entry }, scope) => {
      const { during, afterwards = [] } = MEANWHILE.entries[entry] as Meanwhile;
      const { actors, order } = scripted(
        [
          ...before(scope).map((step) => turn(director, step)),
          turn(holder, saved('claim', asks(scope))),
          ...during(''),
          turn(waiter, asks(scope)),
          turn(holder, finishes(scope, { $saved: 'claim', path: 'claim' })),
          ...afterwards.map((step) => turn(director, step)),
        ],
        // The holder and the second caller share an instance. Other instances are opened and closed.
        [1, 1, 0, 0, 0],
      );
      return { actors, order };
    },
    judge: (run) => {
      const claimed = stepOf(holder, run);
      if (!wasGiven(claimed) || !isBesideIt(run)) return undefined;
      const asked = stepOf(waiter, run);
      const marked = [claimed.record, ...(asked === undefined ? [] : [asked.record])];
      const { told } = MEANWHILE.entries[run.input.entry] as Meanwhile;
      const held = `${what} was held ${told}`;
      return (wasGiven(asked) ? givenTwice(held, asked, marked) : undefined) ?? refused(held, run, claimed);
    },
  };
}

/** A call of that actor. Default: the first. */
function stepOf(actor: number, run: TrialRun<Case>, index = 0): Observed | undefined {
  return observed(run).filter(({ step, record }) => step.do === 'call' && record.actor === actor)[index];
}

/** Whether an instance was closed that is not the holder's. If there is only one instance, it is the holder's. */
function isBesideIt(run: TrialRun<Case>): boolean {
  const closed = observed(run).find(({ step }) => step.do === 'close' || step.do === 'reopen')?.record;
  return closed !== undefined && closed.instance !== stepOf(holder, run)?.record.instance;
}

function givenTwice(held: string, { record }: Observed, marked: Failure['marked'] & {}): Failure {
  return {
    summary: `${capitalized(held)}, and then it was given to somebody else (${whoOf(record)}), within its lease.`,
    expected: 'what one has claimed is not given to another before its lease is over',
    actual: 'both have it',
    marked,
  };
}

function refused(held: string, run: TrialRun<Case>, claimed: Observed): Failure | undefined {
  const finished = stepOf(holder, run, 1)?.record;
  const code = finished === undefined ? undefined : codeOf(finished);
  if (finished === undefined || code === undefined) return undefined;
  return {
    summary: `${capitalized(held)}, and then its holder (${whoOf(finished)}) could not finish it: ${code}.`,
    expected: 'a claim ends with its lease, or by its holder',
    actual: code === 'none' ? 'an error without a code' : code,
    marked: [claimed.record, finished],
  };
}
