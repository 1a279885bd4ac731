/**
 * Writes what happens besides a service's calls to its journal: errors that reach the process, and leaks of instances.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StorageAdapter } from '../../../adapters/contract/index.ts';
import { listenForStrays, type Stray } from '../../host/beside/beside.ts';
import { leaksOfMore } from '../../host/beside/leaks.ts';
import type { ServiceClosed } from '../run/control.ts';
import type { JournalWriter } from './journal.ts';

/** How long to wait for errors that come after everything was closed, in milliseconds. */
const LATE_MS = 20;

export class BesideJournal {
  #journal: JournalWriter | undefined;
  /** The errors that came before there was a journal. */
  #early: Stray[] = [];

  constructor() {
    listenForStrays(0, (stray) => {
      if (this.#journal === undefined) this.#early.push(stray);
      else write(this.#journal, stray);
    });
  }

  writeTo(journal: JournalWriter): void {
    this.#journal = journal;
    for (const stray of this.#early) write(journal, stray);
    this.#early = [];
  }

  /**
   * Call it after the service's own instance was closed. Opens and closes several more instances to see what each one
   * leaves behind. Returns what happened, if there is no journal.
   */
  async end(open: () => Promise<StorageAdapter>): Promise<ServiceClosed> {
    const journal = this.#journal;
    if (journal !== undefined)
      for (const { kind, instances, growth } of await leaksOfMore(open, 0))
        journal.write({ type: 'leak', at: journal.now(), kind, instances, growth });
    await sleep(LATE_MS);
    return this.#early.map(told);
  }
}

function write(journal: JournalWriter, stray: Stray): void {
  journal.write({ type: 'stray', at: journal.now(), ...told(stray) });
}

/** A stray error in the form of evidence. */
export function told({ kind, name, message, stack }: Stray): ServiceClosed[number] {
  const entry = { kind, text: `${name}: ${message}` };
  return stack === undefined ? entry : { ...entry, stack };
}
