/** How much of a load could have gone wrong. */

/**
 * How often a rule could have been broken. Requests count that a client was answered, and whose sections were at work at
 * once, or would have been had nobody waited for the lock; of a pair one took effect, and the other one did, too, or would
 * have had an effect, had it missed that.
 */
export interface Power {
  /** Pairs of requests for one stream on two services. */
  readonly crossProcessAttempts: number;
  /** Pairs of requests for one stream on one service. */
  readonly inProcessAttempts: number;
  /** Streams on which that happened: on two services, where there are several. */
  readonly contendedStreams: number;
  /** Pairs of requests with one token. */
  readonly duplicateAttempts: number;
  /** Scans during which a section committed a write. */
  readonly scansBesideWrites: number;
  /** Pairs of workers that asked for an export job at once on two services, and of which at least one was given it. */
  readonly claimRaces: number;
  /** Workers that ended an export job, or were refused, while another one had taken it over. */
  readonly lateFinishes: number;
}

export const NO_POWER: Power = {
  crossProcessAttempts: 0,
  inProcessAttempts: 0,
  contendedStreams: 0,
  duplicateAttempts: 0,
  scansBesideWrites: 0,
  claimRaces: 0,
  lateFinishes: 0,
};
