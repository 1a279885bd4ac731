/** The routes of a service over one opened instance. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  codeOf,
  STREAM_STATUSES,
  type ExportJob,
  type NewExportJob,
  type NewStream,
  type PageRequest,
  type StorageAdapter,
  type StreamStatus,
} from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import {
  downloadExport,
  OPERATIONS,
  requestExport,
  type Operation,
} from '../../../adapters/protocol/index.ts';
import { answer, CLOSE, errorAnswer, HttpError, limitOf, onlyFields, parameter, readBody } from './http.ts';
import { takeTurn, workRequestOf } from './exports.ts';
import { executeOperation, type OperationContext } from './operations.ts';

export interface ApiContext extends OperationContext {
  readonly adapter: StorageAdapter;
  /** The number of the service, for the header `lockstep-service`. */
  readonly service: number;
}

interface Call {
  readonly context: ApiContext;
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  /** Names and values in turn. */
  readonly headers?: readonly string[];
}

/** Answers one request, whatever it contains. Never rejects. */
export async function handle(
  context: ApiContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let result: Answer;
  try {
    result = await route(context, request);
  } catch (error) {
    result = errorAnswer(error);
  }
  if (response.destroyed) return;
  // An unread body would be taken for the next request.
  const leave = request.complete ? [] : CLOSE;
  const { status, body, headers = [] } = result;
  answer(response, status, body, ['lockstep-service', String(context.service), ...headers, ...leave]);
}

const NO_QUERY = new URLSearchParams();

async function route(context: ApiContext, request: IncomingMessage): Promise<Answer> {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? NO_QUERY : new URLSearchParams(url.slice(mark + 1));
  const [collection = '', id, action, ...rest] = segmentsOf(path);
  const call: Call = { context, request, query };
  if (rest.length > 0) throw unknownRoute(path);
  switch (collection) {
    case 'healthz':
      if (id !== undefined) throw unknownRoute(path);
      allow(request, ['GET']);
      return { status: 200, body: '{"ok":true}' };
    case 'streams':
      return await streams(call, id, action, path);
    case 'activity':
      if (id !== undefined) throw unknownRoute(path);
      allow(request, ['GET']);
      return await activity(call);
    case 'exports':
      if (action !== undefined) throw unknownRoute(path);
      return await exports(call, id);
    default:
      throw unknownRoute(path);
  }
}

async function streams(
  call: Call,
  id: string | undefined,
  action: string | undefined,
  path: string,
): Promise<Answer> {
  const { context, request, query } = call;
  const store = present(context.adapter.streamRepository?.streams, 'streams');
  if (id === undefined) {
    if (allow(request, ['GET', 'POST']) === 'POST') {
      const created = await store.create((await readBody(request)) as unknown as NewStream);
      return { status: 201, body: JSON.stringify(created) };
    }
    const status = statusOf(query);
    const page = await store.list({ ...pageOf(query), ...defined({ status }) });
    return json(page);
  }
  if (action === undefined) {
    allow(request, ['GET']);
    const stream = await store.get(id);
    if (stream === undefined) throw new HttpError(404, 'NOT_FOUND', 'There is no such stream.');
    return json(stream);
  }
  if (!isOperation(action)) throw unknownRoute(path);
  allow(request, ['POST']);
  const result = await executeOperation(context, {
    operation: action,
    streamId: id,
    path,
    body: await readBody(request),
    // If the header was sent twice, this contains both values with a comma and a space between them, which is no valid
    // key.
    key: request.headers['idempotency-key'] as string | undefined,
  });
  const headers = ['lockstep-replayed', String(result.replayed)];
  return { status: result.status, body: result.body, headers };
}

async function activity({ context, query }: Call): Promise<Answer> {
  const store = present(context.adapter.streamRepository?.activity, 'activity');
  const streamId = parameter(query, 'streamId');
  const type = parameter(query, 'type');
  return json(
    await store.list({
      ...pageOf(query),
      ...defined({ streamId, type }),
    }),
  );
}

async function exports({ context, request, query }: Call, id: string | undefined): Promise<Answer> {
  const repository = present(context.adapter.exportRepository, 'exports');
  // A worker's turn, in this process.
  if (id === 'work' && request.method === 'POST') {
    const turn = await takeTurn(context, workRequestOf(await readBody(request)));
    return json(turn);
  }
  if (id !== undefined) {
    allow(request, ['GET']);
    const job = await repository.jobs.get(id);
    if (job === undefined) throw new HttpError(404, 'NOT_FOUND', 'There is no such export.');
    return json(await withUrl(context, job));
  }
  if (allow(request, ['GET', 'POST']) === 'POST') {
    const body = await readBody(request);
    onlyFields(body, ['id', 'ownerId', 'fileName']);
    const { adapter, idOf } = context;
    const name = `export-${randomUUID()}`;
    const job = { id: idOf?.(name) ?? name, ...body } as unknown as NewExportJob;
    return { status: 202, body: JSON.stringify(await requestExport(adapter, job, idOf)) };
  }
  const ownerId = parameter(query, 'ownerId');
  if (ownerId === undefined) throw new HttpError(400, 'INVALID_PARAMETER', 'Expected ownerId.');
  return json(await repository.jobs.list({ ...pageOf(query), ownerId }));
}

/** The job, with its URL while that is valid. Returning the URL is audited. */
async function withUrl({ adapter, idOf }: ApiContext, job: ExportJob): Promise<ExportJob> {
  const { signedUrl: _url, signedUrlExpiresAt: _expiry, ...rest } = job;
  if (job.status !== 'ready') return rest;
  try {
    const options = { clock: Date.now, downloadId: randomUUID(), ...defined({ idOf }) };
    return { ...rest, ...(await downloadExport(adapter, job.id, options)) };
  } catch (error) {
    if (codeOf(error) === 'CONFLICT') return rest;
    throw error;
  }
}

function segmentsOf(path: string): string[] {
  if (!path.startsWith('/')) throw unknownRoute(path);
  try {
    const segments = path.slice(1).split('/');
    return path.includes('%') ? segments.map(decodeURIComponent) : segments;
  } catch {
    throw new HttpError(400, 'INVALID_PATH', 'Expected a path of percent-encoded UTF-8.');
  }
}

function allow(request: IncomingMessage, methods: readonly string[]): string {
  const method = request.method ?? '';
  if (!methods.includes(method))
    throw new HttpError(405, 'METHOD_NOT_ALLOWED', `Expected ${methods.join(' or ')}, got ${method}.`);
  return method;
}

function pageOf(query: URLSearchParams): PageRequest {
  const cursor = parameter(query, 'cursor');
  return { limit: limitOf(query), ...defined({ cursor }) };
}

function statusOf(query: URLSearchParams): StreamStatus | undefined {
  const text = parameter(query, 'status');
  if (text === undefined) return undefined;
  const status = STREAM_STATUSES.find((each) => each === text);
  if (status === undefined)
    throw new HttpError(400, 'INVALID_PARAMETER', `Expected status as one of ${STREAM_STATUSES.join(', ')}.`);
  return status;
}

function isOperation(text: string): text is Operation {
  return (OPERATIONS as readonly string[]).includes(text);
}

function present<T>(surface: T | undefined, name: string): T {
  if (surface === undefined) throw new HttpError(501, 'UNSUPPORTED', `The adapter has no ${name}.`);
  return surface;
}

function json(value: unknown): Answer {
  return { status: 200, body: JSON.stringify(value) };
}

function unknownRoute(path: string): HttpError {
  return new HttpError(404, 'UNKNOWN_ROUTE', `There is no route ${path.slice(0, 80)}.`);
}
