import { changeLock, field } from './base.ts';

function crc32(text: string): number {
  let crc = -1;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return (crc ^ -1) >>> 0;
}

// The lock of a name is the lock of its 32-bit checksum.
export default field('crc32-key', (adapter) =>
  changeLock(
    adapter,
    (lock) => (id, callback, options) =>
      lock(typeof id === 'string' && id !== '' ? `key-${crc32(id)}` : id, callback, options),
  ),
);
