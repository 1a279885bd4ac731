import { bridgeTarget } from 'lockstep/bridge';
import * as codec from './codec.ts';
import * as protocol from './settlement.ts';
import { createStore as open } from './store.ts';

export default bridgeTarget({ name: 'streampay', open, codec, protocol, capabilities: { ttl: true } });
