/**
 * Unrelated events while a lock is held and somebody waits for it: other callers give up, bounds and signals of earlier
 * calls end, instances come and go. The holder must keep the lock, and the waiter must keep waiting.
 */
import type { CapabilityName } from '../../../adapters/contract/index.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { enter, hold, leave } from '../cases/generate.ts';
import { turn, waits, type Turn } from '../cases/script.ts';
import type { Vocabulary } from './vocabulary.ts';

type EnterOptions = NonNullable<Parameters<typeof enter>[1]>;

/** The numbers of the actors. If the waiter gets the lock too early, it continues before the holder does. */
export const MEANWHILE_ACTORS = { waiter: 0, holder: 1, other: 2, third: 3, director: 4 } as const;
const { holder, other, third, director } = MEANWHILE_ACTORS;

export interface Meanwhile {
  /** The subject of the event. Clauses choose their events by it. */
  readonly about: 'bounds' | 'signals' | 'instances';
  /** Completes "no run had a lock that was held and waited for". */
  readonly told: string;
  readonly needs?: CapabilityName;
  /** The options of the holder's request. */
  readonly holding?: EnterOptions;
  /** Turns before the lock is held. */
  readonly before?: (lock: string) => readonly Turn[];
  /** Turns while the lock is held and somebody waits for it. */
  readonly during: (lock: string) => readonly Turn[];
  /** Steps of the director after everything else. */
  readonly afterwards?: readonly Step[];
}

/**
 * Bounds of waits in milliseconds: of a wait that cannot succeed, and of one that is granted at once, even on a busy
 * machine.
 */
const IN_VAIN_MS = 10;
const GRANTED_MS = 60;
const OVER_MS = 10;

export const MEANWHILE: Vocabulary<Meanwhile> = {
  name: 'what happens while a lock is held',
  entries: {
    'another gives up at its bound': {
      about: 'bounds',
      told: 'as the bound of another wait passed',
      needs: 'lockTimeout',
      during: (lock) => [turn(other, enter(lock, { timeoutMs: IN_VAIN_MS })), turn(other, leave)],
    },
    'the bound of the holder passes': {
      about: 'bounds',
      told: 'as the bound of its holder’s own wait passed',
      needs: 'lockTimeout',
      holding: { timeoutMs: GRANTED_MS },
      during: () => [turn(director, hold(GRANTED_MS + OVER_MS))],
    },
    'the bound of the holder before passes': {
      about: 'bounds',
      told: 'as the bound passed that the holder before had',
      needs: 'lockTimeout',
      before: (lock) => [turn(other, enter(lock, { timeoutMs: GRANTED_MS })), turn(other, leave)],
      during: () => [turn(director, hold(GRANTED_MS + OVER_MS))],
    },
    'another is told to stop': {
      about: 'signals',
      told: 'as the signal of another wait was aborted',
      during: (lock) => [
        waits(other, enter(lock, { abortable: true })),
        turn(director, { do: 'abort', actor: other }),
        turn(other, leave),
      ],
    },
    'two others are told to stop at once': {
      about: 'signals',
      told: 'as the one signal of two other waits was aborted',
      during: (lock) => [
        ...[other, third].map((actor) => waits(actor, enter(lock, { abortable: 'together' }))),
        turn(director, { do: 'abort', actor: other }),
        ...[other, third].map((actor) => turn(actor, leave)),
      ],
    },
    'the signal of the holder': {
      about: 'signals',
      told: 'as the signal of its holder was aborted',
      holding: { abortable: true },
      during: () => [turn(director, { do: 'abort', actor: holder })],
    },
    'the signal of the holder before': {
      about: 'signals',
      told: 'as the signal was aborted that the holder before had',
      before: (lock) => [turn(other, enter(lock, { abortable: true })), turn(other, leave)],
      during: () => [turn(director, { do: 'abort', actor: other })],
    },
    'another instance is closed': {
      about: 'instances',
      told: 'as another instance was closed',
      during: () => [turn(director, { do: 'close' })],
      afterwards: [{ do: 'reopen' }],
    },
    'another instance is opened again': {
      about: 'instances',
      told: 'as another instance was closed and opened again',
      during: () => [turn(director, { do: 'reopen' })],
    },
  },
};
