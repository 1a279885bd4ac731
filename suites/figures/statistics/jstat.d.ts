/** What is used of jstat, which has no types of its own. */
declare module 'jstat' {
  interface Distribution {
    /** The value that a share `probability` of the distribution lies below. */
    inv(probability: number, degrees: number): number;
    /** The share of the distribution that lies below `value`. */
    cdf(value: number, degrees: number): number;
  }
  const jstat: { readonly studentt: Distribution };
  export default jstat;
}
