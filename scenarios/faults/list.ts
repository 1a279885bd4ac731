/** The faults, one per line. */
export { blackhole } from './kinds/blackhole.ts';
export { clockSkew } from './kinds/clockSkew.ts';
export { cutConnection } from './kinds/cutConnection.ts';
export { freezeHolder } from './kinds/freezeHolder.ts';
export { killHolder } from './kinds/killHolder.ts';
export { poolExhaustion } from './kinds/poolExhaustion.ts';
export { restartStorage } from './kinds/restartStorage.ts';
export { slowNetwork } from './kinds/slowNetwork.ts';
export { terminateSession } from './kinds/terminateSession.ts';
