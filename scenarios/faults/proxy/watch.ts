/** Watches one connection for commits, in any protocol. */
export interface CommitWatch {
  /** Called with everything that the client sends. Returns the offset in `chunk` of a request to commit. -1: none. */
  request(chunk: Buffer): number;
  /**
   * Called with everything that the storage sends. Returns the offset in `chunk` of the answer to the latest commit.
   * -1: none.
   */
  answer(chunk: Buffer): number;
}
