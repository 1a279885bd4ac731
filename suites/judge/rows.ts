/** Rows of an audit come from the adapter: what is no record must not get further. */
import type { Audit } from '../../scenarios/evidence.ts';

export type AuditSurface = Exclude<keyof Audit, 'reader'>;

/** A row that is no record of its surface. */
export interface Garbage {
  readonly surface: AuditSurface;
  readonly reader: Audit['reader'];
  readonly row: unknown;
}

/** Fields that the judge relies on. */
const FIELDS: Readonly<Record<AuditSurface, Readonly<Record<string, 'string' | 'number'>>>> = {
  streams: {
    id: 'string',
    status: 'string',
    revision: 'number',
    totalAmount: 'string',
    releasedAmount: 'string',
    withdrawnAmount: 'string',
    createdAt: 'string',
  },
  activity: { id: 'string', timestamp: 'string' },
  idempotency: { token: 'string', fingerprint: 'string', status: 'number', body: 'string' },
  exports: { id: 'string' },
  exportAudit: { id: 'string' },
};

/** The audits without the rows that are no records. Lists that are clean stay the same arrays. */
export function sortOutGarbage(audits: readonly Audit[]): {
  readonly audits: readonly Audit[];
  readonly garbage: readonly Garbage[];
} {
  const garbage: Garbage[] = [];
  const clean = audits.map((audit) => {
    const lists = (Object.keys(FIELDS) as AuditSurface[]).map((surface) => {
      const rows: readonly unknown[] = audit[surface];
      const bad = rows.filter((row) => !isRecord(surface, row));
      for (const row of bad) garbage.push({ surface, reader: audit.reader, row });
      return [surface, bad.length === 0 ? rows : rows.filter((row) => isRecord(surface, row))] as const;
    });
    return { ...audit, ...Object.fromEntries(lists) };
  });
  return { audits: clean, garbage };
}

function isRecord(surface: AuditSurface, row: unknown): boolean {
  if (typeof row !== 'object' || row === null) return false;
  const fields = FIELDS[surface];
  for (const name in fields) {
    if (typeof (row as Record<string, unknown>)[name] !== fields[name]) return false;
  }
  return true;
}
