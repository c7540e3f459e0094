/** CRIU's `images/tty.proto`. */
import { FownEntry } from "./Fown.ts"
import {
  bool,
  bytes,
  define,
  enumeration,
  nested,
  optional,
  repeated,
  required,
  uint32,
  type Value
} from "../Message.ts"

/** A message `winsize_entry`. */
export const WinsizeEntry = define("winsize_entry", {
  ws_row: required(1, uint32),
  ws_col: required(2, uint32),
  ws_xpixel: required(3, uint32),
  ws_ypixel: required(4, uint32)
})
/** A message `winsize_entry`. */
export type WinsizeEntry = Value<typeof WinsizeEntry>

/** A message `termios_entry`. */
export const TermiosEntry = define("termios_entry", {
  c_iflag: required(1, uint32),
  c_oflag: required(2, uint32),
  c_cflag: required(3, uint32),
  c_lflag: required(4, uint32),
  c_line: required(5, uint32),
  c_ispeed: required(6, uint32),
  c_ospeed: required(7, uint32),
  c_cc: repeated(8, uint32)
})
/** A message `termios_entry`. */
export type TermiosEntry = Value<typeof TermiosEntry>

/** A message `tty_pty_entry`. */
export const TtyPtyEntry = define("tty_pty_entry", {
  index: required(1, uint32)
})
/** A message `tty_pty_entry`. */
export type TtyPtyEntry = Value<typeof TtyPtyEntry>

/** A message `tty_data_entry`. */
export const TtyDataEntry = define("tty_data_entry", {
  tty_id: required(1, uint32),
  data: required(2, bytes)
})
/** A message `tty_data_entry`. */
export type TtyDataEntry = Value<typeof TtyDataEntry>

/** A message `tty_file_entry`. */
export const TtyFileEntry = define("tty_file_entry", {
  id: required(1, uint32),
  tty_info_id: required(2, uint32),
  flags: required(3, uint32),
  fown: required(4, nested(FownEntry)),
  regf_id: optional(6, uint32)
})
/** A message `tty_file_entry`. */
export type TtyFileEntry = Value<typeof TtyFileEntry>

/** TtyType. */
export const TtyType = enumeration({
  UNKNOWN: 0,
  PTY: 1,
  CONSOLE: 2,
  VT: 3,
  CTTY: 4,
  EXT_TTY: 5,
  SERIAL: 6
})

/** A message `tty_info_entry`. */
export const TtyInfoEntry = define("tty_info_entry", {
  id: required(1, uint32),
  type: required(2, TtyType),
  locked: required(3, bool),
  exclusive: required(4, bool),
  packet_mode: required(5, bool),
  sid: required(6, uint32),
  pgrp: required(7, uint32),
  rdev: required(8, uint32),
  termios: optional(9, nested(TermiosEntry)),
  termios_locked: optional(10, nested(TermiosEntry)),
  winsize: optional(11, nested(WinsizeEntry)),
  pty: optional(12, nested(TtyPtyEntry)),
  dev: optional(13, uint32),
  uid: optional(14, uint32),
  gid: optional(15, uint32)
})
/** A message `tty_info_entry`. */
export type TtyInfoEntry = Value<typeof TtyInfoEntry>
