import { bridgeTarget } from 'lockstep/bridge';
import * as codec from './codec.ts';
import * as settlement from './settlement.ts';
import { createStore as open } from './store.ts';

const protocol = { ...settlement, amounts: true, revision: true };

export default bridgeTarget({ name: 'streampay', open, codec, protocol, capabilities: { ttl: true } });
