/** Writes evidence as a load leaves it, at once or a piece at a time, so that it may be larger than memory. */
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Audit, AuditList, Evidence, EvidenceHeader } from '../../../scenarios/evidence.ts';
import type { JournalEntry } from '../../../scenarios/evidence/model/journal.ts';
import { writeDescription } from '../../../scenarios/evidence/description.ts';
import { countLines, endLine, type LineCount } from '../../../scenarios/evidence/endRecord.ts';
import { describeFiles } from '../../../scenarios/evidence/files.ts';
import { joinLikeAudits } from '../../../scenarios/evidence/likeAudits.ts';
import { historyLineOf } from '../../../scenarios/evidence/plainBody.ts';
import { AUDIT_LISTS } from '../../../scenarios/evidence/readAudits.ts';
import { SectionLines } from '../../../scenarios/evidence/sectionLines.ts';

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
      const lines = own.map((entry) => JSON.stringify(historyLineOf(entry)));
      this.append(`history-${driver + 1}.jsonl`, { ...format('history'), model }, lines, rewrite);
    }
    const processes = new Map<number, number>();
    for (const { service, pid, entries } of journals) {
      const number = (processes.get(service) ?? 0) + 1;
      processes.set(service, number);
      const name = number === 1 ? `journal-${service}.jsonl` : `journal-${service}.${number}.jsonl`;
      this.append(name, { ...format('journal'), service, pid }, linesOf(entries), rewrite);
    }
    for (const audit of audits) this.addAudit(audit, rewrite);
    const struck = strikes?.map((strike) => JSON.stringify(strike));
    if (struck !== undefined) this.append('faults.jsonl', undefined, struck, rewrite);
  }

  /** `header`: of all that was added. */
  async finish(header: EvidenceHeader): Promise<void> {
    for (const { descriptor, lines } of this.files.values()) {
      writeSync(descriptor, endLine(lines.end()));
      closeSync(descriptor);
    }
    for (const [name, reader] of this.readers) this.finishAudit(name, reader);
    await joinLikeAudits(this.dir);
    writeDescription(this.dir, { ...header, files: await describeFiles(this.dir) });
  }

  private append(name: string, first: object | undefined, texts: readonly string[], rewrite: Rewrite): void {
    let file = this.files.get(name);
    if (file === undefined) {
      file = { descriptor: openSync(join(this.dir, name), 'wx'), lines: countLines() };
      this.files.set(name, file);
      if (first !== undefined) this.put(file, JSON.stringify(first));
    }
    for (const text of texts) this.put(file, rewrite(text));
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

/** The lines of a journal, each section's entries together as a service writes them. */
function linesOf(entries: readonly JournalEntry[]): string[] {
  const sections = new Map<number, SectionLines>();
  const operations = new Map<string, SectionLines>();
  const texts: string[] = [];
  for (const entry of entries) {
    const lines =
      entry.type === 'payout'
        ? (operations.get(entry.operationId) ?? new SectionLines())
        : 'section' in entry
          ? (sections.get(entry.section) ?? new SectionLines())
          : new SectionLines();
    if ('section' in entry) sections.set(entry.section, lines);
    if (entry.type === 'execute') operations.set(entry.operationId, lines);
    texts.push(lines.add(entry));
  }
  for (const lines of sections.values()) texts.push(lines.rest());
  return texts.join('').split('\n').slice(0, -1);
}

/** All of `evidence` in the folder `dir`. */
export async function writeEvidence(dir: string, evidence: Evidence): Promise<void> {
  const writer = new EvidenceWriter(dir);
  writer.add(evidence);
  await writer.finish(evidence.header);
}
