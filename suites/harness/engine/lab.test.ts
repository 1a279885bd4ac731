import { expect, it } from 'vitest';
import { startHost, type LinkedHost } from '../../../scenarios/host/process/host.ts';
import { NOTHING_BESIDE, type Host } from '../../../scenarios/host/index.ts';
import type { Actor } from '../../../scenarios/host/language/program.ts';
import { CHAIN_LOCK } from '../../../scenarios/host/testing/targets.ts';
import { direct } from '../cases/generate.ts';
import { Lab, type LabOptions } from './lab.ts';
import { everyInterleaving } from './interleaving.ts';
import { SERVICE, type Trial } from './property.ts';

function actors(...lengths: readonly number[]): Actor[] {
  return lengths.map((length, instance) => ({
    instance,
    steps: Array.from({ length }, () => direct('streams.get', 's')),
  }));
}

it('enumerates every order of a small program, and of no other', () => {
  const orders = everyInterleaving({ actors: actors(2, 2) }, 24) ?? [];
  expect(new Set(orders.map((one) => JSON.stringify(one))).size).toBe(6);
  expect(everyInterleaving({ actors: actors(4, 4) }, 24)).toBeUndefined();
  expect(everyInterleaving({ actors: actors(2, 2), order: [] }, 24)).toBeUndefined();
});

const refuse = (): never => {
  throw new Error('Expected no host to be asked for.');
};
const OPTIONS: LabOptions = {
  lend: refuse,
  connections: new Map([[SERVICE, null]]),
  destroy: refuse,
  prefix: 'x',
  processes: 1,
  ownNamespace: false,
  apart: false,
  mixed: false,
  blockMs: 1,
};

it('names ids of the trial by their name, and everything else as it is', () => {
  const scope = new Lab(OPTIONS).scope();
  const named = [scope.id('s1'), 'other', '', null, undefined, 0, {}].map((id) => scope.name(id));
  expect(named).toEqual(['s1', 'other', '""', 'null', 'undefined', '0', '{}']);
});

it('plays a trial on one host by one request', async () => {
  const host = await startHost({ inProcess: true });
  await host.load(CHAIN_LOCK);
  const asked: string[] = [];
  const lab = new Lab({
    ...OPTIONS,
    lend: async () => ({
      hosts: [counting(host, asked)],
      release: async () => host.close().then(() => NOTHING_BESIDE),
    }),
    destroy: async () => NOTHING_BESIDE,
  });
  const trial: Trial = {
    setup: [direct('streams.create', { id: 's' })],
    actors: actors(2, 1),
    finale: [direct('streams.get', 's')],
  };
  for (const zone of [null, 0, 1]) {
    const place = { environment: SERVICE, topology: 'shared', zone } as const;
    const { setup, main, finale } = await lab.run(place, trial, { mode: 'scheduled', choices: [1, 0] });
    expect([setup, main.records, finale].map(({ length }) => length)).toEqual([1, 3, 1]);
  }
  await lab.close();
  expect(asked).toEqual(['open', 'open', 'run', 'run', 'run', 'closeInstance', 'closeInstance']);
});

/** The host, noting each request to it. */
function counting(host: Host, asked: string[]): Host {
  const { link } = host as LinkedHost;
  const request = link.request.bind(link);
  link.request = (command, input) => {
    asked.push(command);
    return request(command, input);
  };
  return host;
}
