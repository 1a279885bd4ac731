/** Bugs to seed into evidence: each changes it as that bug would show, and names the rule that must see it. */
import { OF_PAYMENTS } from './bugs/payments.ts';
import { seeded, type Seed } from './bugs/seed.ts';
import { IN_STORAGE } from './bugs/storage.ts';
import {
  copySection,
  inTheMiddle,
  keyed,
  neighbours,
  otherJournal,
  pick,
  pickQuietRow,
  pickScan,
  replays,
  seeSeeded,
  settles,
  sitesOf,
  type Request,
  type Site,
} from './sites.ts';

export const BUGS: Readonly<Record<string, Seed>> = {
  ...IN_STORAGE,
  ...OF_PAYMENTS,
  'double settle': (evidence, random) => {
    const site = pick(random, settles(evidence));
    const other = otherJournal(evidence, site.journal.service);
    other.entries.push(...copySection(site.section, 900_001, 1));
    return seeded('revision-chain', site);
  },
  'overlap of sections': (evidence, random) => {
    const site = pick(random, sitesOf(evidence));
    const leave = site.section.find((line) => line.type === 'leave');
    const read = site.section.find((line) => line.type === 'read');
    const middle = Math.floor(((leave?.at ?? 0) + (read?.at ?? 0)) / 2);
    const about = { section: 900_002, attempt: 1 };
    otherJournal(evidence, site.journal.service).entries.push(
      { type: 'enter', at: middle, ...about, stream: site.execute.stream },
      { type: 'read', at: middle + 1, ...about },
      { type: 'leave', at: middle + 2, ...about, wrote: true },
      { type: 'settle', at: middle + 3, section: about.section, outcome: 'committed' },
    );
    return seeded('exclusion', site);
  },
  'fence that does not grow': (evidence, random) => {
    const { capabilities } = evidence.header;
    evidence.header.capabilities = { ...capabilities, fencing: true };
    for (const line of evidence.journals.flatMap(({ entries }) => entries))
      if (line.type === 'enter') line.fence = String(line.at + 1);
    const sites = sitesOf(evidence);
    const enterOf = ({ section }: Site): number => section.find(({ type }) => type === 'enter')?.at ?? 0;
    const late = sites.filter((site) =>
      sites.some((other) => other.execute.stream === site.execute.stream && enterOf(other) < askedAt(site)),
    );
    const site = pick(random, late);
    for (const line of site.section) if (line.type === 'enter') line.fence = '1';
    return seeded('exclusion', site);
  },
  'missing revision': (evidence, random) => {
    const site = pick(random, inTheMiddle(evidence));
    site.journal.entries = site.journal.entries.filter((line) => !site.section.includes(line));
    return seeded('revision-chain', site);
  },
  'revisions run backwards': (evidence, random) => {
    const [early, late] = neighbours(random, evidence);
    const { revision } = early.execute;
    early.execute.revision = late.execute.revision;
    late.execute.revision = revision;
    return seeded('revision-chain', early);
  },
  'replay with other bytes': (evidence, random) => {
    const replay = pick(random, replays(evidence));
    (replay.result as { body: string }).body += ' ';
    return { rule: 'replay', stream: replay.key };
  },
  'replay with another status': (evidence, random) => {
    const replay = pick(random, replays(evidence));
    (replay.result as { status: number }).status = 201;
    return { rule: 'replay', stream: replay.key };
  },
  'accepts another request under the token': (evidence, random) => {
    const replay = pick(random, replays(evidence));
    replay.args.fingerprint = 'something else';
    return { rule: 'replay', stream: replay.key };
  },
  'refuses a repeat': (evidence, random) => {
    const site = pick(random, keyed(evidence));
    const { body: _body, operationId: _id, ...result } = site.claim.result as NonNullable<Request['result']>;
    const end = evidence.header.loadTo;
    evidence.history.push({
      ...site.claim,
      call: end + 1,
      return: end + 2,
      result: { ...result, status: 409, effect: false },
    });
    return seeded('replay', site);
  },
  'refuses a repeat as another request': (evidence, random) => {
    const site = pick(random, keyed(evidence));
    const end = evidence.header.loadTo;
    const result = { status: 409, code: 'CONFLICT' };
    evidence.history.push({ ...site.claim, call: end + 1, return: end + 2, outcome: 'fail', result });
    return seeded('replay', site);
  },
  'token executed twice': (evidence, random) => {
    const site = pick(random, keyed(evidence));
    const other = otherJournal(evidence, site.journal.service);
    other.entries.push(...copySection(site.section, 900_003, evidence.header.loadTo, 9999));
    return seeded('replay', site);
  },
  'claim that storage lacks': (evidence, random) => {
    const site = pick(random, sitesOf(evidence));
    const { claim } = site;
    const { token: _token, ...args } = claim.args;
    evidence.history.push({
      ...claim,
      args,
      result: { ...(claim.result as NonNullable<Request['result']>), operationId: 'nowhere' },
    });
    return seeded('effects', site);
  },
  'rolled back, yet stored': (evidence, random) => {
    const site = pick(random, sitesOf(evidence));
    const settle = site.section.find((line) => line.type === 'settle');
    if (settle?.type === 'settle') settle.outcome = 'aborted';
    return seeded('effects', site);
  },
  'took effect, answered as failed': (evidence, random) => {
    const site = pick(random, sitesOf(evidence));
    const { operationId } = site.execute;
    const { token } = site.claim.args;
    for (const entry of evidence.history) {
      const isAttempt = token === undefined ? entry === site.claim : entry.args.token === token;
      if (!isAttempt && entry.result?.operationId !== operationId) continue;
      entry.outcome = 'fail';
      entry.result = { status: 503, code: 'UNAVAILABLE' };
    }
    return seeded('effects', site);
  },
  'stale read': (evidence, random) => {
    const site = pick(random, sitesOf(evidence));
    seeSeeded(evidence, site, 'get', { status: 200 });
    return seeded('linearizability', site);
  },
  'stale refusal': (evidence, random) => {
    const site = pick(random, sitesOf(evidence));
    seeSeeded(evidence, site, 'withdraw', { status: 409, effect: false });
    return seeded('linearizability', site);
  },
  'stream not found': (evidence, random) => {
    const site = pick(random, sitesOf(evidence));
    const result = { status: 404, code: 'NOT_FOUND' };
    evidence.history.push({ ...site.claim, f: 'get', args: {}, outcome: 'fail', result });
    return seeded('linearizability', site);
  },
  'answer of another state': (evidence, random) => {
    const site = pick(random, sitesOf(evidence));
    for (const { result } of evidence.history)
      if (result?.operationId === site.execute.operationId) result.releasedAmount = '12345678901234567890';
    return seeded('linearizability', site);
  },
  'scan that skips a row': (evidence, random) => {
    const { ids, row } = pickQuietRow(random, evidence);
    ids.splice(ids.indexOf(row), 1);
    return { rule: 'scans', stream: row };
  },
  'scan that skips an event': (evidence, random) => {
    const ids = pickScan(random, evidence, 'activity');
    // What an earlier scan had shown is there for good.
    ids.splice(ids.length - 1, 1);
    return { rule: 'scans', stream: undefined };
  },
  'scan that doubles a row': (evidence, random) => {
    const ids = pickScan(random, evidence, 'streams');
    const row = pick(random, ids);
    ids.splice(ids.indexOf(row), 0, row);
    return { rule: 'scans', stream: row };
  },
  'scan out of order': (evidence, random) => {
    const ids = pickScan(random, evidence, 'activity');
    const at = random.integer(ids.length - 1);
    ids.splice(at, 2, ids[at + 1] as string, ids[at] as string);
    return { rule: 'scans', stream: undefined };
  },
  'scan that invents a row': (evidence, random) => {
    const ids = pickScan(random, evidence, 'streams');
    ids.push('stream-invented');
    return { rule: 'scans', stream: 'stream-invented' };
  },
};

/** When the section asked for the lock. */
function askedAt({ journal, execute }: Site): number {
  const isOwn = (line: (typeof journal.entries)[number]): boolean =>
    line.type === 'wait' && line.section === execute.section;
  return journal.entries.find(isOwn)?.at ?? Infinity;
}
