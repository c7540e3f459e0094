/** CRIU's `images/autofs.proto`. */
import { define, int32, optional, required, type Value } from "../Message.ts"

/** A mount of autofs: the daemon behind it, and how it talks to it. */
export const AutofsEntry = define("autofs_entry", {
  fd: required(1, int32),
  pgrp: required(2, int32),
  timeout: required(3, int32),
  minproto: required(4, int32),
  maxproto: required(5, int32),
  mode: required(6, int32),
  uid: optional(7, int32),
  gid: optional(8, int32),
  read_fd: optional(9, int32)
})
/** A mount of autofs: the daemon behind it, and how it talks to it. */
export type AutofsEntry = Value<typeof AutofsEntry>
