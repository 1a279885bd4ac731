/** Writes evidence as a load leaves it, at once or a piece at a time, so that it may be larger than memory. */
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Audit, AuditList, Evidence, EvidenceHeader } from '../../../scenarios/evidence.ts';
import { writeDescription } from '../../../scenarios/load/description.ts';
import { countLines, endLine, type LineCount } from '../../../scenarios/load/endRecord.ts';
import { describeFiles } from '../../../scenarios/load/files.ts';
import { AUDIT_LISTS } from '../../../scenarios/load/readAudits.ts';

/** Changes the text of a line before it is written. */
export type Rewrite = (line: string) => string;

export class EvidenceWriter {
  private readonly dir: string;
  private readonly files = new Map<string, { readonly descriptor: number; readonly lines: LineCount }>();
  private readonly readers = new Map<string, Audit['reader']>();
  private readonly rows = new Set<string>();

  constructor(dir: string) {
    this.dir = dir;
    mkdirSync(dir, { recursive: true });
  }

  add({ header, history, journals, audits, strikes }: Evidence, rewrite: Rewrite = (line) => line): void {
    const model = `stream-${header.workload}`;
    const format = (name: string): object => ({ format: `lockstep-${name}`, version: 1 });
    // Each driver's lines stand in a file of its own, and those of whoever challenges the struck.
    const drivers = header.drivers + (header.faults === undefined ? 0 : 1);
    for (let driver = 0; driver < drivers; driver += 1) {
      const own = history.slice(
        (driver * history.length) / drivers,
        ((driver + 1) * history.length) / drivers,
      );
      this.append(`history-${driver + 1}.jsonl`, { ...format('history'), model }, own, rewrite);
    }
    const processes = new Map<number, number>();
    for (const { service, pid, entries } of journals) {
      const number = (processes.get(service) ?? 0) + 1;
      processes.set(service, number);
      const name = number === 1 ? `journal-${service}.jsonl` : `journal-${service}.${number}.jsonl`;
      this.append(name, { ...format('journal'), service, pid }, entries, rewrite);
    }
    for (const audit of audits) this.addAudit(audit, rewrite);
    if (strikes !== undefined) this.append('faults.jsonl', undefined, strikes, rewrite);
  }

  /** `header`: of all that was added. */
  async finish(header: EvidenceHeader): Promise<void> {
    for (const { descriptor, lines } of this.files.values()) {
      writeSync(descriptor, endLine(lines.end()));
      closeSync(descriptor);
    }
    for (const [name, reader] of this.readers) this.finishAudit(name, reader);
    writeDescription(this.dir, { ...header, files: await describeFiles(this.dir) });
  }

  private append(name: string, first: object | undefined, values: readonly object[], rewrite: Rewrite): void {
    let file = this.files.get(name);
    if (file === undefined) {
      file = { descriptor: openSync(join(this.dir, name), 'wx'), lines: countLines() };
      this.files.set(name, file);
      if (first !== undefined) this.put(file, JSON.stringify(first));
    }
    for (const value of values) this.put(file, rewrite(JSON.stringify(value)));
  }

  private put(
    { descriptor, lines }: { readonly descriptor: number; readonly lines: LineCount },
    text: string,
  ): void {
    lines.add(`${text}\n`);
    writeSync(descriptor, `${text}\n`);
  }

  private addAudit(audit: Audit, rewrite: Rewrite): void {
    const name = `audit-${audit.reader}.json`;
    this.readers.set(name, audit.reader);
    for (const list of AUDIT_LISTS) {
      const path = this.pathOf(name, list);
      const texts = audit[list].map((row) => rewrite(JSON.stringify(row) ?? 'null'));
      const before = this.rows.has(path) ? ',\n' : '';
      if (texts.length > 0) appendFileSync(path, `${before}${texts.join(',\n')}`);
      if (texts.length > 0) this.rows.add(path);
    }
  }

  private finishAudit(name: string, reader: Audit['reader']): void {
    const path = join(this.dir, name);
    appendFileSync(path, `{"reader":${JSON.stringify(reader)}`);
    for (const list of AUDIT_LISTS) {
      const rows = this.pathOf(name, list);
      appendFileSync(path, `,\n${JSON.stringify(list)}:[`);
      if (this.rows.has(rows)) {
        appendFileSync(path, '\n');
        appendFileSync(path, readFileSync(rows));
        rmSync(rows);
      }
      appendFileSync(path, '\n]');
    }
    appendFileSync(path, '\n}\n');
  }

  private pathOf(name: string, list: AuditList): string {
    return join(this.dir, `${name}.${list}.rows`);
  }
}

/** All of `evidence` in the folder `dir`. */
export async function writeEvidence(dir: string, evidence: Evidence): Promise<void> {
  const writer = new EvidenceWriter(dir);
  writer.add(evidence);
  await writer.finish(evidence.header);
}
