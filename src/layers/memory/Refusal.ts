/**
 * What the in-memory file system answers when it refuses a call: Linux's error code, as the value of a failed
 * operation, and as the error of a service in the words of `@effect/platform-node`.
 */
import { BadArgument, type PlatformError, SystemError, type SystemErrorReason } from "@effect/platform/Error"

/** Linux's words for a code; those that begin with `ERR_` are Node's own. */
const words = {
  EACCES: "permission denied",
  EBADF: "bad file descriptor",
  EBUSY: "resource busy or locked",
  EEXIST: "file already exists",
  EINVAL: "invalid argument",
  EIO: "i/o error",
  EISDIR: "illegal operation on a directory",
  ELOOP: "too many symbolic links encountered",
  EMLINK: "too many links",
  ENAMETOOLONG: "name too long",
  ENOENT: "no such file or directory",
  ENOSPC: "no space left on device",
  ENOTDIR: "not a directory",
  ENOTEMPTY: "directory not empty",
  EPERM: "operation not permitted",
  EROFS: "read-only file system",
  EDQUOT: "disk quota exceeded",
  ERR_FS_EISDIR: "Path is a directory",
  ERR_FS_CP_DIR_TO_NON_DIR: "cannot overwrite a file with a directory",
  ERR_FS_CP_NON_DIR_TO_DIR: "cannot overwrite a directory with a file",
  ERR_FS_CP_EINVAL: "cannot copy a path to itself",
  ERR_INVALID_ARG_VALUE: "the path contains a NUL character"
} as const

/** An error code. */
export type Code = keyof typeof words

/** A call that was refused. */
export class Refusal {
  readonly code: Code
  readonly syscall: string

  constructor(code: Code, syscall: string) {
    this.code = code
    this.syscall = syscall
  }
}

/** Whether the call was refused. */
export const isRefusal = (outcome: unknown): outcome is Refusal => outcome instanceof Refusal

/** The refusal as the platform's error of a method of `FileSystem`; its `cause` carries the code. */
export const toPlatformError = (method: string, path: string | number, refusal: Refusal): PlatformError => {
  // Where a call was refused says nothing that the error does not, and costs more than the call.
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  const error = describe(method, path, refusal)
  Error.stackTraceLimit = limit
  return error
}

const describe = (method: string, path: string | number, refusal: Refusal): PlatformError => {
  const { code, syscall } = refusal
  const at = typeof path === "string" ? ` '${path}'` : ""
  const cause = Object.assign(new Error(`${code}: ${words[code]}, ${syscall}${at}`), { code, syscall })
  return code === "ERR_INVALID_ARG_VALUE"
    ? new BadArgument({ module: "FileSystem", method, cause }, unchecked)
    : new SystemError({
      reason: reasons[code] ?? "Unknown",
      module: "FileSystem",
      method,
      pathOrDescriptor: path,
      syscall,
      description: cause.message,
      cause
    }, unchecked)
}

/** The fields are of their types already: to check them again costs more than the call. */
const unchecked = { disableValidation: true }

/** The reasons that `@effect/platform-node` knows; everything else is `Unknown`. */
const reasons: Partial<Record<Code, SystemErrorReason>> = {
  EACCES: "PermissionDenied",
  EBUSY: "Busy",
  EEXIST: "AlreadyExists",
  EISDIR: "BadResource",
  ELOOP: "BadResource",
  ENOENT: "NotFound",
  ENOTDIR: "BadResource"
}
