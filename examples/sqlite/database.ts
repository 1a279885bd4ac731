/** SQLite in WebAssembly: one file for each namespace, one connection to it in this process. */
import type { StreamRecord, Timestamp } from 'lockstep';
import sqlite, { type Database } from 'node-sqlite3-wasm';

// No durability is declared, so none is paid for; and this process alone uses the file.
const SETUP = `
  PRAGMA synchronous = OFF;
  PRAGMA journal_mode = MEMORY;
  PRAGMA locking_mode = EXCLUSIVE;
  CREATE TABLE IF NOT EXISTS streams (
    id         TEXT PRIMARY KEY,
    created_at TEXT NOT NULL,
    status     TEXT NOT NULL,
    record     TEXT NOT NULL
  ) WITHOUT ROWID;`;

const open = new Map<string, Database>();

export function databaseAt(file: string): Database {
  const database = open.get(file) ?? new sqlite.Database(file);
  open.set(file, database);
  database.exec(SETUP);
  return database;
}

export function dropDatabase(file: string): void {
  open.get(file)?.close();
  open.delete(file);
}

/** A record's columns. Times have three to six fractional digits: padded, they sort as text. */
export function columnsOf(record: StreamRecord): [string, string, string, string] {
  return [record.id, sortable(record.createdAt), record.status, JSON.stringify(record)];
}

export function sortable(time: Timestamp): string {
  return time.slice(0, -1).padEnd(26, '0');
}
