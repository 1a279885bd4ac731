/** Rule 1: relevant sections of one stream must not overlap, and fences increase from one section to the next. */
import { formatNs, sharedStretch } from '../../duration.ts';
import type { Finding } from '../../result.ts';
import type { StreamFile } from '../facts/caseFile.ts';
import { formatCount, plural } from '../../counts.ts';
import { distinct, drawLanes } from '../findings.ts';
import { barsOfSection, heldAtOnce, nameOfExecution } from '../pictures.ts';
import { defineRule, type Rule } from './rule.ts';
import { findFences } from './fences.ts';
import type { Execution, JournalSection } from '../facts/sections.ts';

/** A span of time in which one caller held a stream. */
export interface Held {
  readonly section: JournalSection;
  readonly from: number;
  readonly to: number;
}

export const exclusion: Rule = defineRule({
  name: 'exclusion',
  counts: ['checked', 'unmeasured', 'streams'],
  look({ header, streams, committed }, findings) {
    const { atomic } = header.capabilities;
    const counts = (section: JournalSection): boolean => wroteForGood(section, committed);
    let checked = 0;
    let unmeasured = 0;
    for (const stream of streams.values()) {
      findings.at(stream.rank);
      const held = atomic ? writing(stream, counts) : entered(stream);
      checked += held.length;
      unmeasured += atomic ? stream.sections.filter((one) => counts(one) && !isMeasured(one)).length : 0;
      for (const pair of overlaps(held)) findings.add(() => describe(stream.id, pair));
      if (header.capabilities.fencing) findFences(findings, stream, counts);
    }
    return { checked, unmeasured, streams: streams.size };
  },
  conclude({ checked, unmeasured, streams }, { header, gaps }) {
    const what = header.capabilities.atomic ? 'committed sections that wrote' : 'sections';
    const apart =
      unmeasured === 0 ? '' : `; ${unmeasured} more have no first read or no last action in the journals`;
    return {
      checked,
      detail: `${formatCount(checked)} ${what} compared on ${plural(streams, 'stream')}${apart}`,
      inconclusive: gaps.journals ?? (checked === 0 ? `no ${what} in the journals${apart}` : undefined),
    };
  },
});

/** Without atomicity every run of a callback counts, from its beginning to its end. */
function entered(stream: StreamFile): Held[] {
  return stream.sections.flatMap((section) =>
    section.attempts.map(({ enter, leave }) => ({ section, from: enter, to: leave ?? enter })),
  );
}

/**
 * For atomic adapters, committed sections that wrote count, from the return of the first read to the end of the
 * callback, because discarded work may overlap.
 */
function writing({ sections }: StreamFile, counts: (section: JournalSection) => boolean): Held[] {
  const held: Held[] = [];
  for (const section of sections) {
    const { read, leave } = section.attempts.at(-1) ?? {};
    if (read !== undefined && leave !== undefined && counts(section))
      held.push({ section, from: read, to: leave });
  }
  return held;
}

function wroteForGood(section: JournalSection, committed: ReadonlySet<Execution>): boolean {
  if (section.attempts.at(-1)?.wrote !== true) return false;
  if (section.outcome === 'committed') return true;
  return section.outcome === 'unknown' && section.executions.some((one) => committed.has(one));
}

function isMeasured(section: JournalSection): boolean {
  const last = section.attempts.at(-1);
  return last?.read !== undefined && last.leave !== undefined;
}

/** Pairs of spans of which one begins inside the other. */
function overlaps(held: readonly Held[]): (readonly [Held, Held])[] {
  const byEntry = held.toSorted((a, b) => a.from - b.from);
  const pairs: (readonly [Held, Held])[] = [];
  let longest: Held | undefined;
  for (const current of byEntry) {
    if (longest !== undefined && current.from < longest.to) pairs.push([longest, current]);
    if (longest === undefined || current.to > longest.to) longest = current;
  }
  return pairs;
}

function describe(stream: string, [first, second]: readonly [Held, Held]): Finding {
  const shared = sharedStretch(first, second);
  const length = shared === undefined ? '' : `, for ${formatNs(shared.to - shared.from)}`;
  const services = distinct([first.section.service, second.section.service]);
  const isOne = services.length === 1;
  const where = isOne
    ? `twice at once inside service ${services[0]}`
    : `by service ${first.section.service} and service ${second.section.service} at once`;
  return {
    summary: `The lock of stream "${stream}" was held ${where}${length}: ${doing(first)}, and ${doing(second)}.`,
    stream,
    services,
    lanes: drawLanes(
      heldAtOnce(
        [first, second].flatMap((held, index) =>
          barsOfSection(
            held.section,
            held,
            isOne ? `service ${held.section.service}, section ${index + 1}` : undefined,
          ),
        ),
      ),
    ),
  };
}

function doing({ section }: Held): string {
  const execution = section.executions.at(-1);
  return execution === undefined ? `service ${section.service} (no effect)` : nameOfExecution(execution);
}
