/** The used parts of jstat, which has no types. */
declare module 'jstat' {
  interface Distribution {
    /** The value below which a share `probability` of the distribution lies. */
    inv(probability: number, degrees: number): number;
    /** The share of the distribution that lies below `value`. */
    cdf(value: number, degrees: number): number;
  }
  const jstat: { readonly studentt: Distribution };
  export default jstat;
}
