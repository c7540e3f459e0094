/**
 * What the system answers when a call fails, as the platform's error.
 *
 * The `cause` is the host's own exception, whose `code` (`ENOSPC`, `EACCES`, …) says more than the reason does.
 */
import { type PlatformError, SystemError, type SystemErrorReason } from "@effect/platform/Error"

/** The failure of a call on a path, as `@effect/platform-node` words it; `method` is the service's method. */
export const platformError = (method: string, path: string, cause: NodeJS.ErrnoException): PlatformError =>
  new SystemError({
    reason: reasonOf(cause.code),
    module: "FileSystem",
    method,
    pathOrDescriptor: path,
    syscall: cause.syscall,
    description: cause.message,
    cause
  })

/** A failure that no call reported. */
export const refusal = (reason: SystemErrorReason, method: string, path: string, description: string): PlatformError =>
  new SystemError({ reason, module: "FileSystem", method, pathOrDescriptor: path, description })

const reasonOf = (code: string | undefined): SystemErrorReason => {
  switch (code) {
    case "ENOENT":
      return "NotFound"
    case "EEXIST":
      return "AlreadyExists"
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "PermissionDenied"
    case "EBUSY":
      return "Busy"
    case "EISDIR":
    case "ENOTDIR":
    case "ELOOP":
      return "BadResource"
    default:
      return "Unknown"
  }
}
