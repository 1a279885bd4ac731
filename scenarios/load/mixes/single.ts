/** Plans of mixes whose connections work independently: one request per bundle. */
import { createRandom, type Random } from '../../random.ts';
import type { Bundle, PlannedRequest, Scale } from './types.ts';
import { createWindow, pickEffect } from './window.ts';

/** The share of reads. They show what no answer to a write shows: the state between two effects. */
const GET_SHARE = 0.1;

export interface SingleOptions {
  /** How many streams the mix uses at a time. */
  readonly width: number;
  /** A place in [0, width). */
  readonly place: (random: Random, index: number) => number;
  /** Replaces the request that would be planned. */
  readonly instead?: (random: Random, index: number, driver: number) => PlannedRequest | undefined;
}

export function planSingles(scale: Scale, options: SingleOptions): (driver: number, index: number) => Bundle {
  const window = createWindow(scale, options.width);
  return (driver, index) => {
    const random = createRandom(scale.seed, driver, index);
    const instead = options.instead?.(random, index, driver);
    if (instead !== undefined) return [instead];
    const stream = window.at(index, options.place(random, index));
    if (random.fraction() < GET_SHARE) return [{ kind: 'get', sender: 0, stream }];
    const effect = pickEffect(random, scale.workload);
    return [{ kind: 'effect', sender: 0, stream, key: `d${driver}-${index}`, ...effect }];
  };
}
