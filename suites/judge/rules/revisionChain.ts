/** Rule 2: the revisions of a stream's committed executions are unique, gapless and increase in real time. */
import { inWords } from '../../../scenarios/inWords.ts';
import { formatNs, sharedStretch } from '../../duration.ts';
import type { Finding } from '../../result.ts';
import type { StreamFile } from '../facts/caseFile.ts';
import { plural } from '../../counts.ts';
import { distinct, drawLanes, type Findings } from '../findings.ts';
import { barsOfExecution, barsOfPair, nameOfExecution, spanOf } from '../pictures.ts';
import { toldOf } from './effectFinding.ts';
import { defineRule, type Rule } from './rule.ts';
import type { Execution } from '../facts/sections.ts';

export const revisionChain: Rule = defineRule({
  name: 'revision-chain',
  counts: ['checked', 'streams'],
  look({ streams, gaps, committed }, findings) {
    let checked = 0;
    for (const stream of streams.values()) {
      findings.at(stream.rank);
      const chain = stream.effects
        .flatMap((effect) => effect.executions)
        .sort((a, b) => a.revision - b.revision || a.at - b.at);
      checked += chain.length;
      // Without all audits it is unknown what storage lacks.
      const lost = gaps.any === undefined ? lostOf(stream) : new Set<Execution>();
      findRepeats(findings, stream.id, chain, lost);
      // A missing journal or an unknown outcome is a gap in the evidence, not in the chain.
      if (gaps.any === undefined) findGaps(findings, stream, chain, committed);
      findInversions(findings, stream.id, chain);
    }
    return { checked, streams: streams.size };
  },
  conclude: ({ checked, streams }, { gaps }) => ({
    checked,
    detail: `${plural(checked, 'committed execution')} on ${plural(streams, 'stream')}, compared by revision`,
    inconclusive: gaps.any ?? (checked === 0 ? 'no execution was committed' : undefined),
  }),
});

/** Committed executions without an event in storage. */
function lostOf({ effects }: StreamFile): ReadonlySet<Execution> {
  return new Set(effects.flatMap(({ events, executions }) => (events.length === 0 ? executions : [])));
}

function findRepeats(
  findings: Findings,
  stream: string,
  chain: readonly Execution[],
  lost: ReadonlySet<Execution>,
): void {
  let first: Execution | undefined;
  for (const execution of chain) {
    const original = first;
    if (original === undefined || original.revision !== execution.revision) first = execution;
    else findings.add(() => describeRepeat(stream, original, execution, lost));
  }
}

function describeRepeat(
  stream: string,
  first: Execution,
  second: Execution,
  lost: ReadonlySet<Execution>,
): Finding {
  const [one, other] = [spanOf(first), spanOf(second)];
  const shared = sharedStretch(one, other);
  const apart =
    shared === undefined
      ? `Their sections did not overlap; ${formatNs(Math.max(one.from, other.from) - Math.min(one.to, other.to))} lay between them`
      : `Their sections overlapped for ${formatNs(shared.to - shared.from)}`;
  return {
    summary: `${verdictOf(stream, first, second, lost)} ${apart}.`,
    stream,
    services: distinct([first.section.service, second.section.service]),
    lanes: drawLanes(barsOfPair(first, second)),
  };
}

const TWICE: Readonly<Record<string, string>> = {
  settle: 'was settled twice:',
  withdraw: 'was withdrawn from twice:',
};

function verdictOf(
  stream: string,
  first: Execution,
  second: Execution,
  lost: ReadonlySet<Execution>,
): string {
  const [one, other] = [nameOfExecution(first), nameOfExecution(second)];
  if (lost.has(first) && !lost.has(second))
    return `Stream "${stream}" lost its revision ${first.revision}: ${one} committed, as withLock told it, but storage has no event of it, and ${other} made that revision again.`;
  const twice = first.f === second.f ? TWICE[first.f] : undefined;
  const what = twice ?? `got revision ${first.revision} twice, by ${first.f} and ${second.f}:`;
  const open = [first, second].filter(({ fate }) => fate === 'unsettled').map(nameOfExecution);
  const shown = open.length === 0 ? '' : ` (of ${inWords(open)} only the event in storage says so)`;
  return `Stream "${stream}" ${what} ${one} and ${other} both committed${shown}.`;
}

function findGaps(
  findings: Findings,
  stream: StreamFile,
  chain: readonly Execution[],
  committed: ReadonlySet<Execution>,
): void {
  let last = stream.seeded?.revision;
  let before: Execution | undefined;
  for (const execution of chain) {
    const [expected, previous] = [last === undefined ? undefined : last + 1, before];
    if (expected !== undefined && execution.revision !== expected && execution.revision !== last)
      findings.add(() => {
        const made = stream.sections
          .flatMap(({ executions }) => executions)
          .find((one) => one.revision === expected && !committed.has(one));
        return describeGap(stream.id, expected, made, previous, execution);
      });
    last = execution.revision;
    before = execution;
  }
}

function describeGap(
  stream: string,
  expected: number,
  /** The execution of that revision, which did not commit according to the evidence. */
  made: Execution | undefined,
  before: Execution | undefined,
  after: Execution,
): Finding {
  const base = before === undefined ? 'the stream as it was seeded' : nameOfExecution(before);
  return {
    summary: `Stream "${stream}" has no revision ${expected}: the next committed execution after ${base} is by ${nameOfExecution(after)}, and ${between(made)}.`,
    stream,
    services: distinct([...(before === undefined ? [] : [before.section.service]), after.section.service]),
    lanes: drawLanes([...(before === undefined ? [] : barsOfExecution(before)), ...barsOfExecution(after)]),
  };
}

/** What was executed in between. */
function between(made: Execution | undefined): string {
  if (made === undefined) return 'no service executed anything in between';
  return made.fate === 'discarded'
    ? `what ${nameOfExecution(made)} executed in between counts as rolled back, because ${toldOf(made)}`
    : `what ${nameOfExecution(made)} executed in between has no event in storage`;
}

/** An execution that began after one with a higher revision had ended: it read an older state. */
function findInversions(findings: Findings, stream: string, chain: readonly Execution[]): void {
  const spans = chain.map((execution) => ({ execution, ...spanOf(execution) }));
  const ended = [...spans].sort((a, b) => a.to - b.to);
  spans.sort((a, b) => a.from - b.from);
  let next = 0;
  let highest: Execution | undefined;
  for (const { execution, from } of spans) {
    for (let over = ended[next]; over !== undefined && over.to < from; over = ended[next]) {
      if (highest === undefined || over.execution.revision > highest.revision) highest = over.execution;
      next += 1;
    }
    const earlier = highest;
    if (earlier !== undefined && earlier.revision > execution.revision)
      findings.add(() => ({
        summary: `Revisions of stream "${stream}" run backwards: ${nameOfExecution(execution)} began after ${nameOfExecution(earlier)} had ended.`,
        stream,
        services: distinct([execution.section.service, earlier.section.service]),
        lanes: drawLanes(barsOfPair(earlier, execution)),
      }));
  }
}
