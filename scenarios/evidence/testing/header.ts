/** The header of evidence that no load recorded. */
import { DEFAULT_CAPABILITIES } from '../../../adapters/contract/index.ts';
import { EVIDENCE_VERSION, type EvidenceHeader } from '../../evidence.ts';
import { NO_POWER } from '../model/power.ts';

export function headerOf(fields: Partial<EvidenceHeader> = {}): EvidenceHeader {
  return {
    version: EVIDENCE_VERSION,
    target: { name: 'map', version: '1.0.0' },
    surfaces: ['locks', 'streams'],
    capabilities: DEFAULT_CAPABILITIES,
    workload: 'lifecycle',
    mix: 'uniform',
    seed: 1,
    services: 2,
    drivers: 1,
    seeded: [],
    seededExports: [],
    minimums: NO_POWER,
    environment: {},
    options: {},
    startedAt: '2026-01-01T00:00:00.000Z',
    loadFrom: 0,
    loadTo: 5,
    files: [],
    ...fields,
  };
}
