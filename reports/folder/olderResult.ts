/** Completes results of older versions with figures that can be derived from what they contain. */

type Fields = Readonly<Record<string, unknown>>;

/**
 * `value`, with the figures of its loads that can be derived. Any other value is returned as it is. Does not validate.
 */
export function completeOlderResult(value: unknown): unknown {
  if (!isFields(value) || !Array.isArray(value['loads'])) return value;
  return { ...value, loads: value['loads'].map(completeLoad) };
}

/** `kinds` and the seconds without effects stay empty, because they were not counted. */
function completeLoad(load: unknown): unknown {
  return isFields(load) ? withEffects({ ...load, ...judged(load) }) : load;
}

/** Pairs of requests on one service were neither counted nor required. */
function judged({ judgement }: Fields): Fields {
  if (!isFields(judgement)) return {};
  const { power, minimums } = judgement;
  if (!isFields(power) || !isFields(minimums)) return {};
  const none = { inProcessAttempts: 0 };
  return { judgement: { ...judgement, power: { ...none, ...power }, minimums: { ...none, ...minimums } } };
}

function withEffects(load: Fields): Fields {
  if ('effects' in load || !Array.isArray(load['perService'])) return load;
  const effects = load['perService'].reduce((sum: number, share: unknown) => sum + effectsOf(share), 0);
  const durationMs = Number(load['durationMs']);
  return {
    ...load,
    effects,
    effectsPerSecond: durationMs > 0 ? (1000 * effects) / durationMs : 0,
    kinds: {},
  };
}

function effectsOf(share: unknown): number {
  return isFields(share) ? Number(share['effects']) : 0;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
