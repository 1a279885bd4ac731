/**
 * The bridge: a synchronous, Map-like store as an adapter that lockstep can certify and load.
 *
 * `export default bridgeTarget({ name: 'mine', open: () => createStore() });`
 */
export { bridgeTarget, type BridgeDefinition, type BridgedCapabilities } from './define.ts';
export type { AppendOnlyStore, KeyValueStore, PersistenceStore } from './store.ts';
