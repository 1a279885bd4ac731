/** Bugs to seed into evidence: each changes it as that bug would show, and names the rule that must see it. */
import type { Random } from '../../../scenarios/random.ts';
import type { RuleName } from '../../result.ts';
import {
  copySection,
  inTheMiddle,
  isEventOf,
  isPayoutOf,
  keyed,
  neighbours,
  otherJournal,
  paid,
  pick,
  pickQuietRow,
  pickScan,
  replays,
  seeSeeded,
  settles,
  sitesOf,
  type MutableAudit,
  type MutableEvidence,
  type Request,
  type Site,
} from './sites.ts';

export interface Seeded {
  readonly rule: RuleName;
  readonly stream: string | undefined;
}

type Seed = (evidence: MutableEvidence, random: Random) => Seeded;

/** Throws when the evidence has no place for the bug. */
export const BUGS: Readonly<Record<string, Seed>> = {
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
  'lost update': (evidence, random) => {
    const site = pick(random, settles(evidence));
    forAudits(evidence, ({ streams }) => {
      const stream = streams.find(({ id }) => id === site.execute.stream);
      if (stream !== undefined) stream.releasedAmount = String(BigInt(stream.releasedAmount) + 1n);
    });
    return seeded('audit', site);
  },
  'lost field': (evidence, random) => {
    const site = pick(random, sitesOf(evidence));
    forAudits(evidence, ({ streams }) => {
      const stream = streams.find(({ id }) => id === site.execute.stream);
      if (stream !== undefined) stream.recipient = 'somebody else';
    });
    return seeded('audit', site);
  },
  'lost event': (evidence, random) => {
    const site = pick(random, sitesOf(evidence));
    forAudits(evidence, (audit) => {
      audit.activity = audit.activity.filter((event) => !isEventOf(site, event));
    });
    return seeded('audit', site);
  },
  'doubled event': (evidence, random) => {
    const site = pick(random, sitesOf(evidence));
    forAudits(evidence, (audit) => {
      const event = audit.activity.find((one) => isEventOf(site, one));
      if (event !== undefined) audit.activity.push({ ...event, id: `again:${event.id}` });
    });
    return seeded('audit', site);
  },
  'lost stream': (evidence, random) => {
    const site = pick(random, sitesOf(evidence));
    forAudits(evidence, (audit) => {
      audit.streams = audit.streams.filter(({ id }) => id !== site.execute.stream);
    });
    return seeded('audit', site);
  },
  'disagreeing audits': (evidence, random) => {
    const site = pick(random, sitesOf(evidence));
    const stream = evidence.audits[0]?.streams.find(({ id }) => id === site.execute.stream);
    if (stream !== undefined) stream.revision -= 1;
    return seeded('audit', site);
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
  'token executed twice': (evidence, random) => {
    const site = pick(random, keyed(evidence));
    const other = otherJournal(evidence, site.journal.service);
    other.entries.push(...copySection(site.section, 900_003, evidence.header.loadTo, 9999));
    return seeded('replay', site);
  },
  'effect without record': (evidence, random) => {
    const site = pick(random, keyed(evidence));
    forAudits(evidence, (audit) => {
      audit.idempotency = audit.idempotency.filter(({ token }) => token !== site.execute.token);
    });
    return seeded('replay', site);
  },
  'record without effect': (evidence, random) => {
    const refusal = pick(
      random,
      evidence.history.filter(
        ({ args, result, f }) =>
          f !== 'scan' &&
          args.token !== undefined &&
          result?.effect === false &&
          !evidence.audits[0]?.idempotency.some(({ token }) => token === args.token),
      ),
    );
    const token = refusal.args.token as string;
    forAudits(evidence, (audit) => {
      audit.idempotency.push({ token, fingerprint: 'f', status: 200, body: '{}', createdAt: CREATED });
    });
    return { rule: 'replay', stream: refusal.key };
  },
  'unpaid intent': (evidence, random) => {
    const site = pick(random, paid(evidence));
    for (const journal of evidence.journals)
      journal.entries = journal.entries.filter((line) => !isPayoutOf(site, line));
    return seeded('effects', site);
  },
  'payout of another amount': (evidence, random) => {
    const site = pick(random, paid(evidence));
    for (const journal of evidence.journals)
      for (const line of journal.entries) if (isPayoutOf(site, line)) line.amount += '0';
    return seeded('effects', site);
  },
  'payout of what never happened': (evidence, random) => {
    const { execute, journal } = pick(random, sitesOf(evidence));
    const { stream, at } = execute;
    journal.entries.push({ type: 'payout', at, stream, operationId: 'never-happened', amount: '5' });
    return { rule: 'effects', stream };
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

const CREATED = '2026-03-01T00:00:00.000000Z';

function seeded(rule: RuleName, { execute }: Site): Seeded {
  return { rule, stream: execute.stream };
}

/** Changes what every reader saw. */
function forAudits({ audits }: MutableEvidence, change: (audit: MutableAudit) => void): void {
  for (const audit of audits) change(audit);
}
