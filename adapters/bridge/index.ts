/**
 * The bridge makes an adapter, which lockstep can certify and load, from a synchronous, Map-like store.
 *
 * @example
 * ```ts
 * export default bridgeTarget({ name: 'mine', open: () => createStore() });
 * ```
 */
export { bridgeTarget, type BridgeDefinition, type BridgedCapabilities } from './define.ts';
export type { AppendOnlyStore, KeyValueStore, PersistenceStore } from './store.ts';
