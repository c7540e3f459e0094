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

/** The size of a terminal. */
const WinsizeEntry = define("winsize_entry", {
  ws_row: required(1, uint32),
  ws_col: required(2, uint32),
  ws_xpixel: required(3, uint32),
  ws_ypixel: required(4, uint32)
})

/** What a terminal has been set to (termios(3)). */
const TermiosEntry = define("termios_entry", {
  c_iflag: required(1, uint32),
  c_oflag: required(2, uint32),
  c_cflag: required(3, uint32),
  c_lflag: required(4, uint32),
  c_line: required(5, uint32),
  c_ispeed: required(6, uint32),
  c_ospeed: required(7, uint32),
  c_cc: repeated(8, uint32)
})

/** The number of a pseudo-terminal, as in `/dev/pts`. */
const TtyPtyEntry = define("tty_pty_entry", {
  index: required(1, uint32)
})

/** What had been written to a terminal and not read. */
export const TtyDataEntry = define("tty_data_entry", {
  tty_id: required(1, uint32),
  data: required(2, bytes)
})
/** What had been written to a terminal and not read. */
export type TtyDataEntry = Value<typeof TtyDataEntry>

/** An open terminal. */
export const TtyFileEntry = define("tty_file_entry", {
  id: required(1, uint32),
  tty_info_id: required(2, uint32),
  flags: required(3, uint32),
  fown: required(4, nested(FownEntry)),
  regf_id: optional(6, uint32)
})
/** An open terminal. */
export type TtyFileEntry = Value<typeof TtyFileEntry>

/** The kinds of terminals. */
const TtyType = enumeration({
  UNKNOWN: 0,
  PTY: 1,
  CONSOLE: 2,
  VT: 3,
  CTTY: 4,
  EXT_TTY: 5,
  SERIAL: 6
})

/** A terminal itself, which several open files may have. */
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
/** A terminal itself, which several open files may have. */
export type TtyInfoEntry = Value<typeof TtyInfoEntry>
