/**
 * The least that a Node.js server can do for a request of a load: it reads the body, and answers with a body of the
 * usual size.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const BODY = JSON.stringify({
  stream: {
    id: 'stream-000000',
    status: 'active',
    revision: 1,
    releasedAmount: '9007199254740993',
    withdrawnAmount: '9007199254740993',
  },
  operationId: '0'.repeat(32),
});

const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => {
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(BODY),
      'lockstep-replayed': 'false',
    });
    response.end(BODY);
  });
});
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.stdin.once('end', () => process.exit(0)).resume();
