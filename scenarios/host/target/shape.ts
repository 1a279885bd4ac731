/** Checks the shape of an opened adapter before a program runs on it. */

const STREAMS = ['create', 'get', 'put', 'delete', 'list', 'scan'] as const;
const USERS = ['get', 'put', 'scan'] as const;
const APPENDED = ['append', 'list', 'scan'] as const;
const IDEMPOTENCY = ['get', 'insert', 'putIfAbsent', 'delete', 'deleteExpired', 'scan'] as const;
const MIGRATION = ['moveTo', 'backfill', 'repair', 'compare'] as const;
const AUTHORITY = ['get', 'set', 'as', 'remove'] as const;
const JOBS = ['create', 'get', 'delete', 'list', 'scan', 'transition'] as const;

/** The required methods of the seam, by the path of their object. */
const METHODS_OF: Readonly<Record<string, readonly string[]>> = {
  'streamRepository.streams': STREAMS,
  'streamRepository.users': USERS,
  'streamRepository.activity': APPENDED,
  idempotencyStore: IDEMPOTENCY,
  'exportRepository.jobs': JOBS,
  'exportRepository.audit': APPENDED,
  authority: AUTHORITY,
  migration: MIGRATION,
};
/** Optional members that must be functions if they are present. */
const OPTIONAL_METHODS_OF: Readonly<Record<string, readonly string[]>> = {
  streamRepository: ['withLock'],
  idempotencyStore: ['begin', 'finish', 'abandon'],
  'exportRepository.jobs': ['claimNext', 'heartbeat', 'complete', 'fail'],
};

/** The problems with the shape of `adapter`, one line each. Empty: none. */
export function shapeProblems(adapter: unknown): string[] {
  if (!isObject(adapter)) return [`the adapter: expected an object, got ${shown(adapter)}`];
  const problems: string[] = [];
  if (typeof adapter['close'] !== 'function')
    problems.push(`close: expected a function, got ${shown(adapter['close'])}`);
  for (const [path, methods] of Object.entries(METHODS_OF)) problems.push(...missing(adapter, path, methods));
  for (const [path, methods] of Object.entries(OPTIONAL_METHODS_OF))
    problems.push(...wrong(at(adapter, path), path, methods, (member) => member !== undefined));
  if (problems.length === 0 && !hasSurface(adapter))
    problems.push(
      'the adapter: expected at least one of streamRepository, idempotencyStore, exportRepository',
    );
  return problems;
}

function missing(adapter: Members, path: string, methods: readonly string[]): string[] {
  const owner = at(adapter, path);
  if (owner === undefined || owner === null) return requiredTogether(adapter, path);
  if (!isObject(owner)) return [`${path}: expected an object, got ${shown(owner)}`];
  return wrong(owner, path, methods, () => true);
}

/**
 * The members that must be present together: an export repository has both of its halves, while the stores of a stream
 * repository are optional.
 */
function requiredTogether(adapter: Members, path: string): string[] {
  const exported = adapter['exportRepository'];
  const needed = path.startsWith('exportRepository.') && exported !== undefined && exported !== null;
  return needed ? [`${path}: expected an object, got ${shown(at(adapter, path))}`] : [];
}

function wrong(
  owner: unknown,
  path: string,
  methods: readonly string[],
  counts: (member: unknown) => boolean,
): string[] {
  if (!isObject(owner)) return [];
  return methods
    .filter((name) => typeof owner[name] !== 'function' && counts(owner[name]))
    .map((name) => `${path}.${name}: expected a function, got ${shown(owner[name])}`);
}

function hasSurface(adapter: Members): boolean {
  const repository = adapter['streamRepository'];
  const inRepository =
    isObject(repository) &&
    ['withLock', 'streams', 'users', 'activity'].some((name) => isPresent(repository[name]));
  return inRepository || isPresent(adapter['idempotencyStore']) || isPresent(adapter['exportRepository']);
}

type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function at(adapter: Members, path: string): unknown {
  return path.split('.').reduce<unknown>((owner, key) => (isObject(owner) ? owner[key] : undefined), adapter);
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return `a ${typeof value}`;
}
