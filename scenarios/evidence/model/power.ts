/** How many chances a load had to go wrong. */

/**
 * How often a rule could have been broken. A request counts if its client was answered. A pair counts if the two
 * sections overlapped, or would have overlapped without the lock, if one request took effect, and if the other one
 * did too or would have done so had it not seen the first effect.
 */
export interface Power {
  /** Pairs of requests for one stream on two services. */
  readonly crossProcessAttempts: number;
  /** Pairs of requests for one stream on one service. */
  readonly inProcessAttempts: number;
  /** Streams that had such a pair: on two services, if there are several. */
  readonly contendedStreams: number;
  /** Pairs of requests with one token. */
  readonly duplicateAttempts: number;
  /** Scans during which a section committed a write. */
  readonly scansBesideWrites: number;
  /** Pairs of workers that asked for an export job at once on two services, if at least one of them got it. */
  readonly claimRaces: number;
  /** Workers that ended an export job, or were refused, after another worker had taken it over. */
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
