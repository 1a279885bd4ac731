import { describe, expect, it } from 'vitest';
import type { StepDone } from './section.ts';
import { Coordinator, type ActorPort, type Coordination } from './coordinator.ts';
import type { Decision, Program, Schedule, Step } from '../language/program.ts';

const enter: Step = { do: 'enter', stream: 's' };
const leave: Step = { do: 'leave' };

function programOf(...actors: Step[][]): Program {
  return { patienceMs: 200, actors: actors.map((steps) => ({ instance: 0, steps })) };
}

/** Actors that contend for one lock: a simulation of what a host does. */
class SimulatedLock implements ActorPort {
  readonly #program: Program;
  readonly #positions: number[];
  readonly #waiting: number[] = [];
  #holder: number | undefined;
  coordinator: Coordinator | undefined;

  constructor(program: Program) {
    this.#program = program;
    this.#positions = program.actors.map(() => 0);
  }

  release(actor: number): void {
    const step = this.#program.actors[actor]?.steps[this.#positions[actor] as number];
    if (step?.do === 'enter' && this.#holder !== undefined) this.#waiting.push(actor);
    else {
      if (step?.do === 'enter') this.#holder = actor;
      if (step?.do === 'leave') this.#holder = undefined;
      queueMicrotask(() => this.#done(actor));
      const next = step?.do === 'leave' ? this.#waiting.shift() : undefined;
      if (next === undefined) return;
      this.#holder = next;
      queueMicrotask(() => this.#done(next));
    }
  }

  releaseAll(): void {
    for (const actor of this.#program.actors.keys()) this.release(actor);
  }

  #done(actor: number): void {
    const step = this.#positions[actor] as number;
    this.#positions[actor] = step + 1;
    const more = step + 1 < (this.#program.actors[actor]?.steps.length ?? 0);
    const done: StepDone = { actor, step, records: [], ...(more ? { next: step + 1 } : {}) };
    this.coordinator?.done(done);
  }
}

function coordinate(
  program: Program,
  schedule: Schedule,
  quiescent: (ms: number) => boolean = () => true,
): Promise<Coordination> {
  const port = new SimulatedLock(program);
  port.coordinator = new Coordinator({ program, schedule, quiescent });
  return port.coordinator.run(port);
}

const told = (order: readonly Decision[]): string =>
  order.map(({ actor, step, blocked }) => `${actor}.${step}${blocked ? '!' : ''}`).join(' ');

describe('a scheduled run', () => {
  it('takes the choices modulo the actors that can go on, and 0 when they run out', async () => {
    const program = programOf([leave, leave], [leave, leave], [leave]);
    const { order } = await coordinate(program, { mode: 'scheduled', choices: [2, 5, 7], blockMs: 50 });
    expect(told(order)).toBe('2.0 1.0 1.1 0.0 0.1');
  });

  it('passes over blocked actors and lets them through before the next decision', async () => {
    const program = programOf([enter, leave], [enter, leave], [enter, leave]);
    const { order, stuck } = await coordinate(program, {
      mode: 'scheduled',
      choices: [0, 1, 1],
      blockMs: 50,
    });
    expect(told(order)).toBe('0.0 1.0! 2.0! 0.1 1.1 2.1');
    expect(stuck).toEqual([]);
  });

  it('waits the bound when it cannot know that nothing is under way', async () => {
    const program = programOf([enter, leave], [enter, leave]);
    const schedule: Schedule = { mode: 'scheduled', choices: [0, 1], blockMs: 30 };
    const { order } = await coordinate(program, schedule, () => false);
    expect(told(order)).toBe('0.0 1.0! 0.1 1.1');
  });

  it('gives up when nothing goes on, and names what is stuck', async () => {
    const program = programOf([enter], [enter, leave]);
    const { order, stuck } = await coordinate(program, { mode: 'scheduled', choices: [], blockMs: 10 });
    expect(told(order)).toBe('0.0 1.0!');
    expect(stuck).toMatchObject([{ actor: 1, step: 0 }]);
  });

  it('goes on without the actors of a lost host', async () => {
    const program = programOf([enter, leave], [enter, leave]);
    const coordinator = new Coordinator({
      program,
      schedule: { mode: 'scheduled', choices: [], blockMs: 10 },
    });
    const port = new SimulatedLock(program);
    const run = coordinator.run({
      release: (actor) => {
        if (actor === 1) port.release(1);
        else coordinator.lost([0]);
      },
      releaseAll: () => {},
    });
    port.coordinator = coordinator;
    const { order, stuck } = await run;
    expect(told(order)).toBe('0.0 1.0 1.1');
    expect(stuck).toMatchObject([{ actor: 0, step: 0 }]);
  });

  it('rejects for a failure of the harness', async () => {
    const program = programOf([enter]);
    const coordinator = new Coordinator({
      program,
      schedule: { mode: 'scheduled', choices: [], blockMs: 10 },
    });
    const failure = new Error('harness');
    await expect(
      coordinator.run({ release: () => coordinator.fail(failure), releaseAll: () => {} }),
    ).rejects.toBe(failure);
  });
});

describe('a replay', () => {
  it('repeats the decisions of a scheduled run', async () => {
    const program = programOf([enter, leave], [enter, leave, leave], [enter, leave]);
    const first = await coordinate(program, { mode: 'scheduled', choices: [1, 2, 0, 1, 1, 0], blockMs: 50 });
    const again = await coordinate(program, { mode: 'replay', order: first.order, blockMs: 50 });
    expect(told(again.order)).toBe(told(first.order));
  });

  it('goes on when the program no longer behaves as recorded', async () => {
    const program = programOf([enter, leave], [enter, leave]);
    const order = [
      { actor: 0, step: 0, blocked: false },
      { actor: 1, step: 0, blocked: false },
      { actor: 1, step: 1, blocked: false },
      { actor: 7, step: 1, blocked: false },
    ];
    const { stuck, order: taken } = await coordinate(program, { mode: 'replay', order, blockMs: 20 });
    expect(told(taken)).toBe('0.0 1.0! 0.1 1.1');
    expect(stuck).toEqual([]);
  });
});

describe('a free run', () => {
  it('ends when nothing goes on', async () => {
    const program = programOf([enter], [enter]);
    const { stuck, order } = await coordinate(program, { mode: 'free' });
    expect(order).toEqual([]);
    expect(stuck).toMatchObject([{ actor: 1, step: 0 }]);
  });
});
