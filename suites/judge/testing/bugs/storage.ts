/** Bugs by which storage holds something else. */
import type { ActivityEvent } from '../../../../adapters/contract/index.ts';
import {
  isEventOf,
  keyed,
  paid,
  pick,
  settles,
  sitesOf,
  type MutableAudit,
  type MutableEvidence,
  type Site,
} from '../sites.ts';
import { forAudits, seeded, type Seed } from './seed.ts';

export const IN_STORAGE: Readonly<Record<string, Seed>> = {
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
  'event of another operation': (evidence, random) => {
    const site = pick(random, sitesOf(evidence));
    forEvents(evidence, site, (event) => ({ ...event, type: 'stream.other' }));
    return seeded('audit', site);
  },
  'event under another id': (evidence, random) => {
    const site = pick(random, sitesOf(evidence));
    forEvents(evidence, site, (event) => ({ ...event, id: `${event.id}x` }));
    return seeded('audit', site);
  },
  'event without its promise': (evidence, random) => {
    const site = pick(random, paid(evidence));
    const { operationId, revision } = site.execute;
    forEvents(evidence, site, (event) => ({ ...event, details: { operationId, revision } }));
    return seeded('audit', site);
  },
  'event that nobody appended': (evidence, random) => {
    const site = pick(random, sitesOf(evidence));
    forAudits(evidence, ({ activity }) => {
      const event = activity.find((one) => isEventOf(site, one));
      if (event !== undefined) activity.push({ ...event, id: 'nobody', details: {} });
    });
    return seeded('audit', site);
  },
  'field that nobody wrote': (evidence, random) => {
    const site = pick(random, sitesOf(evidence));
    forAudits(evidence, ({ streams }) => {
      const stream = streams.find(({ id }) => id === site.execute.stream);
      if (stream !== undefined) stream.note = 'nobody';
    });
    return seeded('audit', site);
  },
  'record that nobody asked for': (evidence) => {
    forAudits(evidence, ({ idempotency }) => {
      idempotency.push({ ...record(), token: 'settle:nobody' });
    });
    return { rule: 'audit', stream: undefined };
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
      audit.idempotency.push({ ...record(), token });
    });
    return { rule: 'replay', stream: refusal.key };
  },
};

const CREATED = '2026-03-01T00:00:00.000000Z';

function record(): Omit<MutableAudit['idempotency'][number], 'token'> {
  return { fingerprint: 'f', status: 200, body: '{}', createdAt: CREATED };
}

/** Changes the event of an effect. */
function forEvents(
  evidence: MutableEvidence,
  site: Site,
  change: (event: ActivityEvent) => ActivityEvent,
): void {
  forAudits(evidence, (audit) => {
    audit.activity = audit.activity.map((event) => (isEventOf(site, event) ? change(event) : event));
  });
}
