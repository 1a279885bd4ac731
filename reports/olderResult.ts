/** Results recorded before effects were the headline: what they hold says how many there were. */

type Fields = Readonly<Record<string, unknown>>;

/** `value` with the figures of its loads that can be derived; anything else is given back as it is. Does not validate. */
export function completeOlderResult(value: unknown): unknown {
  if (!isFields(value) || !Array.isArray(value['loads'])) return value;
  return { ...value, loads: value['loads'].map(completeLoad) };
}

/** `kinds` stays empty, and the seconds without effects: nobody counted them. */
function completeLoad(load: unknown): unknown {
  if (!isFields(load) || 'effects' in load || !Array.isArray(load['perService'])) return load;
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
