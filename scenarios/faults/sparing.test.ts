import { describe, expect, it } from 'vitest';
import { FAULT_NAMES } from './catalog.ts';
import { requireFaults, sparedServer, whySpared } from './sparing.ts';

const URL_ = 'postgresql://u:s3cr3t@h:5432/d';
const offered = {
  faults: ['terminate-session', 'restart-storage', 'pool-exhaustion'],
  // A server of its own is restarted, whatever --pg names.
  faultsOnServer: ['terminate-session', 'pool-exhaustion'],
  network: {},
} as const;

describe('a server that lockstep did not start', () => {
  it('is spared by what would harm others, until that is allowed', () => {
    const spared = FAULT_NAMES.filter((name) => whySpared(name, offered, { pg: URL_ }) !== undefined);
    expect(spared).toEqual(['pool-exhaustion', 'terminate-session']);
    for (const name of FAULT_NAMES)
      expect(whySpared(name, offered, { pg: URL_, allowFaultsOnServer: true })).toBeUndefined();
  });

  it('is named without its password, with what to do', () => {
    const names = ['kill-holder', 'pool-exhaustion', 'terminate-session'] as const;
    const refused = (): void => requireFaults(names, { spec: 'mine', offered }, { pg: URL_ });
    expect(refused).toThrow(
      'The faults pool-exhaustion and terminate-session are not allowed: it could harm others who use postgresql://u:***@h:5432/d, which lockstep did not start. Use --pg embedded; or, if nobody else needs that server, --allow-faults-on-server.',
    );
  });
});

it.each(['embedded', 'docker', 'docker:registry.example:5000/postgres:17'])(
  'whatever may be struck on a server of lockstep: %s',
  (pg) => {
    expect(sparedServer({ pg })).toBeUndefined();
    requireFaults(FAULT_NAMES, { spec: 'mine', offered }, { pg });
  },
);

it('a fault that the target does not offer is refused first', () => {
  const nothing = { faults: [], faultsOnServer: [], network: null };
  const refused = (): void =>
    requireFaults(['restart-storage'], { spec: 'mine', offered: nothing }, { pg: URL_ });
  expect(refused).toThrow(/needs faults\["restart-storage"\], which the target mine does not offer/);
});
