import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { recordedRun } from '../run/recorded.ts';
import { certificateOf, renderCertificates, type Certificate } from './certificate.ts';
import { rendererOf, RENDERERS } from '../index.ts';
import { RENDERER_NAMES } from './list.ts';
import { ALL_FILES, RUN_FILES } from '../recorded.ts';
import type { RunResult } from '../model.ts';
import {
  ALL_FIXTURES,
  knownFailures,
  mainJob,
  okLoad,
  partialRun,
  passingCertification,
  shardRun,
  violatedCertification,
} from '../testing/fixtures.ts';

function first(run: RunResult): Certificate {
  const [certification] = run.certifications;
  if (certification === undefined) throw new Error('no certification');
  return certificateOf(run, certification);
}

describe('certificates', () => {
  it('bind what was tested to what came out', () => {
    const run = passingCertification();
    const [certification] = run.certifications;
    const { claim, circumstances } = first(run);
    expect(claim).toMatchObject({
      adapter: { name: 'memory', version: '0.1.0', contentHash: certification?.contentHash },
      contractVersion: 1,
      suites: { buildId: '0123456789abcdef', proof: null },
      level: 'process',
      levels: { process: 'given', durable: 'not-run', 'fault-tolerant': 'not-run' },
      seed: 814301,
      runs: 100,
      budgetMs: 60_000,
      capabilities: certification?.target.capabilities,
    });
    expect(Object.entries(claim.clauses)).toEqual(
      certification?.clauses.map(({ clause, status }) => [clause, status]),
    );
    expect(circumstances.environments).toEqual([run.environment]);
    expect(circumstances.clauses[0]).toMatchObject({ id: 'LOCK-01', runs: 100, exercised: 88, orders: 0 });
  });

  it('are compared by a claim without times and places', () => {
    const run = passingCertification();
    const elsewhere: RunResult = {
      ...run,
      startedAt: '2027-01-01T00:00:00.000Z',
      finishedAt: '2027-01-01T00:01:00.000Z',
      environment: { ...run.environment, cores: 64 },
      certifications: run.certifications.map((certification) => {
        const { capabilities, surfaces } = certification.target;
        return {
          ...certification,
          target: {
            ...certification.target,
            // Another order of keys is no other claim.
            capabilities: Object.fromEntries(
              Object.entries(capabilities).reverse(),
            ) as unknown as typeof capabilities,
            surfaces: [...surfaces].reverse(),
          },
          durationMs: 1,
          clauses: certification.clauses.map((result) => ({ ...result, orders: 1, durationMs: 1 })),
        };
      }),
    };
    const [here, there] = [first(run), first(elsewhere)];
    expect(JSON.stringify(there.claim)).toBe(JSON.stringify(here.claim));
    expect(there.digest).toBe(here.digest);
    expect(here.digest).toBe(
      `sha256:${createHash('sha256').update(JSON.stringify(here.claim)).digest('hex')}`,
    );
    expect(JSON.stringify(here.claim)).not.toMatch(/durationMs|At"|T\d\d:/);
    expect(first({ ...run, seed: 1 }).digest).not.toBe(here.digest);
  });

  it('give no level for a certification that was interrupted', () => {
    const certificates = JSON.parse(renderCertificates(partialRun())) as Certificate[];
    expect(certificates.map(({ claim }) => [claim.level, claim.partial])).toEqual([
      ['process', false],
      [null, true],
    ]);
  });

  it('give no level for a shard', () => {
    expect(first(shardRun(1, 3)).claim).toMatchObject({ level: null, partial: true });
  });

  it('know no baseline', () => {
    expect(first(knownFailures(false)).claim).toMatchObject({ level: null, verdict: 'violated' });
  });
});

describe('badges', () => {
  const badge = (run: RunResult): unknown => JSON.parse(rendererOf('badge').render(recordedRun(run)) ?? '');
  it.each([
    ['several targets', mainJob(), 'memory process level · postgres cluster level', 'brightgreen'],
    ['a violation', violatedCertification(), '3 violated', 'red'],
    ['known failures', knownFailures(false), '3 violated', 'red'],
    ['an interrupted one', partialRun(), 'memory process level · postgres not decided', 'yellow'],
    ['a shard', shardRun(1, 3), 'memory no level · postgres no level', 'yellow'],
    ['a load', okLoad(), 'not certified', 'lightgrey'],
  ])('of %s', (_, run, message, color) => {
    expect(badge(run)).toEqual({ schemaVersion: 1, label: 'lockstep', message, color });
  });

  it('name claims that were not verified, as the certificate does', () => {
    const run = passingCertification();
    const [one] = passingCertification().certifications;
    if (one === undefined) throw new Error('no certification');
    const claimed = { ...run, certifications: [{ ...one, unverified: ['poolers' as const] }] };
    expect(badge(claimed)).toMatchObject({
      message: 'process level, poolers claimed, not verified here',
      color: 'green',
    });
    expect(first(claimed).claim.unverified).toEqual(['poolers']);
  });
});

describe('the renderers', () => {
  it('have names and files of their own, and render every result', () => {
    expect(new Set(RENDERERS.map(({ name }) => name)).size).toBe(RENDERERS.length);
    for (const files of ALL_FILES)
      expect(new Set(RENDERERS.flatMap(({ file }) => file?.(files) ?? [])).size).toBe(RENDERER_NAMES.length);
    for (const recorded of Object.values(ALL_FIXTURES).map((fixture) => recordedRun(fixture())))
      for (const renderer of RENDERERS.filter(
        ({ name }) => name !== 'certificate' || recorded.certificates !== undefined,
      ))
        expect(renderer.render(recorded)?.endsWith('\n')).toBe(true);
    expect(rendererOf('html').file?.(RUN_FILES)).toBe('report.html');
  });

  it('make what the list says', () => {
    expect(RENDERERS.flatMap(({ name, file }) => (file === undefined ? [] : [name]))).toEqual(RENDERER_NAMES);
  });
});
