/** The platform's failures of reading and writing as ours: what could not be done, to which path, and why. */
import type { PlatformError } from "@effect/platform/Error"
import * as Predicate from "effect/Predicate"
import { StorageFailed, type StorageReason } from "../../domain/CheckpointError.ts"

/** Reads a platform's failure; `operation` completes "Cannot …", `path` is what the caller meant. */
export const storageFailed = (operation: string, path: string) => (error: PlatformError): StorageFailed => {
  const code = errno(error)
  const reason = reasons[code ?? ""]
  return new StorageFailed({
    operation,
    path,
    reason: reason?.[0] ?? "Other",
    detail: reason?.[1] ?? (error._tag === "SystemError" ? error.description : undefined) ?? error.message
  })
}

/** The errno that a platform's failure carries, e.g. `ENOENT`. */
export const errno = (error: PlatformError): string | undefined =>
  Predicate.hasProperty(error.cause, "code") && typeof error.cause.code === "string"
    ? error.cause.code
    : error._tag === "SystemError"
    ? codes[error.reason]
    : undefined

const codes: Readonly<Record<string, string>> = {
  NotFound: "ENOENT",
  AlreadyExists: "EEXIST",
  PermissionDenied: "EACCES"
}

const reasons: Readonly<Record<string, readonly [StorageReason, string]>> = {
  ENOSPC: ["NoSpace", "no space is left on the device, make room and try again"],
  EDQUOT: ["NoSpace", "the disk quota is used up, make room and try again"],
  EACCES: ["PermissionDenied", "permission denied, run it as the owner or as root"],
  EPERM: ["PermissionDenied", "the operation is not permitted, run it as root"],
  EROFS: ["ReadOnly", "the file system is read-only"],
  ENOENT: ["NotFound", "no such file or folder"],
  ENOTDIR: ["NotFound", "a part of the path is not a folder"],
  EEXIST: ["AlreadyExists", "it exists already"],
  ENOTEMPTY: ["AlreadyExists", "it exists already and is not empty"],
  EXDEV: ["CrossDevice", "it lies on another file system"],
  ELOOP: ["Insecure", "it is a symbolic link"],
  EIO: ["Device", "the device reported an error, look at the kernel's log"]
}
