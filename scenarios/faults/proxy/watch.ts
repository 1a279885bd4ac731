/** Watching one connection for commits, whatever protocol it speaks. */
export interface CommitWatch {
  /** Called with all that the client sends. Offset in `chunk` of what asks for a commit; -1: nothing does. */
  request(chunk: Buffer): number;
  /** Called with all that the storage sends. Offset in `chunk` of the answer to the latest commit; -1: it is not there. */
  answer(chunk: Buffer): number;
}
