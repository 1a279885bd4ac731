import { createRandom } from '../../random.ts';
import type { Bundle, Mix, PlannedRequest, Scale } from './types.ts';
import { createWindow, pickEffect, variedStatuses } from './window.ts';

const WIDTH = 100;
/** The share of bundles that repeat an earlier bundle: their answers are replays of old answers. */
const LATE_REPEAT_SHARE = 0.1;
const LATE_REPEAT_WITHIN = 50;
/**
 * The share of bundles in which one request has the same key but another content: a conflict, whichever comes first.
 */
const OTHER_FINGERPRINT_SHARE = 0.05;

/** Sends every request to every service at once, with one key. */
export const duplicateStorm: Mix<'duplicate-storm'> = {
  name: 'duplicate-storm',
  summary: `each request under one key to every service at once, over ${WIDTH} streams; ${LATE_REPEAT_SHARE * 100} % are sent once more later, ${OTHER_FINGERPRINT_SHARE * 100} % have different content under the key`,
  purpose: 'idempotency: one execution, exact replay, conflicts',
  workload: 'balance',
  senders: (services) => Math.max(2, services),
  streams: (scale) => createWindow(scale, WIDTH).total,
  statuses: variedStatuses,
  plan: (scale) => (driver, index) => {
    const random = createRandom(scale.seed, driver, index, 1);
    if (index === 0 || random.fraction() >= LATE_REPEAT_SHARE) return storm(scale, driver, index);
    return storm(scale, driver, Math.max(0, index - 1 - random.integer(LATE_REPEAT_WITHIN)));
  },
  minimums: {
    attempts: 200,
    contendedStreams: 20,
    duplicateAttempts: 200,
  },
};

function storm(scale: Scale, driver: number, index: number): Bundle {
  const senders = duplicateStorm.senders(scale.services);
  const random = createRandom(scale.seed, driver, index);
  const effect = pickEffect(random, scale.workload);
  const request: PlannedRequest = {
    kind: 'effect',
    sender: 0,
    stream: createWindow(scale, WIDTH).at(index * senders, random.integer(WIDTH)),
    key: `d${driver}-${index}`,
    ...effect,
  };
  const differing = random.fraction() < OTHER_FINGERPRINT_SHARE ? random.integer(senders) : -1;
  return Array.from({ length: senders }, (_, sender) =>
    sender === differing && scale.workload === 'balance'
      ? { ...request, sender, amount: String(Number(request.amount ?? 0) + 1) }
      : { ...request, sender },
  );
}
