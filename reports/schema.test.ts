import { format } from 'oxfmt';
import { describe, expect, it } from 'vitest';
import { LockstepError } from '../scenarios/lockstepError.ts';
import { parseRunResult, renderJson } from './renderers/json.ts';
import { JSON_SCHEMAS } from './schema/index.ts';
import { ALL_FIXTURES, mainJob, violatedCertification } from './testing/fixtures.ts';

describe('the JSON Schema', () => {
  // `vitest -u` writes it anew.
  it.each(Object.entries(JSON_SCHEMAS))('of %s is that of its model', async (kind, schema) => {
    const file = `${kind}.json`;
    const { code } = await format(file, JSON.stringify(schema()), { printWidth: 110 });
    await expect(code).toMatchFileSnapshot(`./schemas/${file}`);
  });
});

describe('parseRunResult', () => {
  it.each(Object.entries(ALL_FIXTURES))('reads what was written: %s', (_, fixture) => {
    const text = renderJson(fixture());
    expect(parseRunResult(text)).toEqual(JSON.parse(text));
  });

  it('derives the effects of loads that were recorded without them', () => {
    const [load] = parseRunResult(renderJson(mainJob())).loads;
    if (load === undefined) throw new Error('unreachable');
    const { effects, effectsPerSecond, kinds: _kinds, throughput, ...older } = load;
    const points = throughput.map(({ effects: _effects, ...point }) => point);
    const text = JSON.stringify({ ...mainJob(), loads: [{ ...older, throughput: points }] });
    const [read] = parseRunResult(text).loads;
    expect(read).toEqual({ ...older, effects, effectsPerSecond, kinds: {}, throughput: points });
  });

  it('keeps values that JSON lacks, tagged', () => {
    const text = renderJson(violatedCertification());
    expect(text).toContain('"9007199254740993"');
    expect(text).toContain('"NaN"');
  });

  it.each([
    ['nothing', '', 'RESULT_NOT_JSON'],
    ['text that is cut off', renderJson(mainJob()).slice(0, 500), 'RESULT_NOT_JSON'],
    ['a list', '[]', 'RESULT_VERSION'],
    ['null', 'null', 'RESULT_VERSION'],
    ['another JSON file', '{"name":"lockstep"}', 'RESULT_VERSION'],
    [
      'a newer version',
      renderJson(mainJob()).replace('"schemaVersion": 1', '"schemaVersion": 2'),
      'RESULT_VERSION',
    ],
    [
      'a version as text',
      renderJson(mainJob()).replace('"schemaVersion": 1', '"schemaVersion": "1"'),
      'RESULT_VERSION',
    ],
    ['an unknown status', renderJson(mainJob()).replace('"not-run"', '"later"'), 'RESULT_INVALID'],
    ['an unknown field', renderJson(mainJob()).replace('"seed":', '"extra": 1, "seed":'), 'RESULT_INVALID'],
    ['a missing field', renderJson(mainJob()).replace(/"repeat": .*\n/, ''), 'RESULT_INVALID'],
    ['a negative count', renderJson(mainJob()).replace(/"runs": \d+/, '"runs": -1'), 'RESULT_INVALID'],
  ])('refuses %s', (_, text, code) => {
    expect(() => parseRunResult(text)).toThrow(expect.objectContaining({ code }));
    expect(() => parseRunResult(text)).toThrow(LockstepError);
  });
});
