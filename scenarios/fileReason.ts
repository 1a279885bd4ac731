/** Says why a file or a folder could not be used, without the platform's error codes. */

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a file where a folder should be',
  EEXIST: 'something else of this name',
  EISDIR: 'a folder of this name',
  ENOTEMPTY: 'a folder of this name',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'a place that cannot be written to',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'no space left in the quota',
  EFBIG: 'a file larger than this process may write',
  ENAMETOOLONG: 'a name that is too long',
  ELOOP: 'links that lead round in a circle, or a link where none may be',
  EINVAL: 'a name that this file system does not take',
  EMFILE: 'too many open files',
  ENXIO: 'a device or a pipe with nobody at its other end',
  ERR_INVALID_ARG_VALUE: 'a name with a NUL character',
  ERR_STRING_TOO_LONG: 'a file that is too large',
  ERR_FS_FILE_TOO_LARGE: 'a file that is too large',
};

/** For example `no space left on the disk`. Other errors keep the platform's message. */
export function fileReason(error: unknown): string {
  const code = fileCode(error);
  const known = code === undefined ? undefined : REASONS[code];
  if (known !== undefined) return known;
  return error instanceof Error ? error.message : String(error);
}

/** For example `ENOSPC`. Undefined: it is not an error of the file system. */
export function fileCode(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
