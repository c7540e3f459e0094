/** CRIU's `images/core-x86.proto`. */
import {
  bool,
  define,
  enumeration,
  nested,
  optional,
  repeated,
  required,
  uint32,
  uint64,
  type Value
} from "../Message.ts"

/** The shadow stack of a thread. */
const UserX86CetEntry = define("user_x86_cet_entry", {
  cet: required(1, uint64),
  ssp: required(2, uint64)
})

/** Registers that only newer processors have. */
const UserX86XsaveEntry = define("user_x86_xsave_entry", {
  xstate_bv: required(1, uint64),
  ymmh_space: repeated(2, uint32),
  bndreg_state: repeated(3, uint64),
  bndcsr_state: repeated(4, uint64),
  opmask_reg: repeated(5, uint64),
  zmm_upper: repeated(6, uint64),
  hi16_zmm: repeated(7, uint64),
  pkru: repeated(8, uint32),
  cet: optional(9, nested(UserX86CetEntry))
})

/** The registers of a thread for fractions and vectors. */
export const UserX86FpregsEntry = define("user_x86_fpregs_entry", {
  cwd: required(1, uint32),
  swd: required(2, uint32),
  twd: required(3, uint32),
  fop: required(4, uint32),
  rip: required(5, uint64),
  rdp: required(6, uint64),
  mxcsr: required(7, uint32),
  mxcsr_mask: required(8, uint32),
  st_space: repeated(9, uint32),
  xmm_space: repeated(10, uint32),
  padding: repeated(11, uint32),
  xsave: optional(13, nested(UserX86XsaveEntry))
})
/** The registers of a thread for fractions and vectors. */
export type UserX86FpregsEntry = Value<typeof UserX86FpregsEntry>

/** A segment that a thread keeps its own variables in. */
const UserDescT = define("user_desc_t", {
  entry_number: required(1, uint32),
  base_addr: required(2, uint32),
  limit: required(3, uint32),
  seg_32bit: required(4, bool),
  contents_h: required(5, bool),
  contents_l: required(6, bool),
  read_exec_only: required(7, bool),
  limit_in_pages: required(8, bool),
  seg_not_present: required(9, bool),
  usable: required(10, bool)
})

/** Whether a thread runs code of 64 bits or of 32. */
const UserX86RegsMode = enumeration({
  NATIVE: 1,
  COMPAT: 2
})

/** The registers of a thread. */
export const UserX86RegsEntry = define("user_x86_regs_entry", {
  r15: required(1, uint64),
  r14: required(2, uint64),
  r13: required(3, uint64),
  r12: required(4, uint64),
  bp: required(5, uint64),
  bx: required(6, uint64),
  r11: required(7, uint64),
  r10: required(8, uint64),
  r9: required(9, uint64),
  r8: required(10, uint64),
  ax: required(11, uint64),
  cx: required(12, uint64),
  dx: required(13, uint64),
  si: required(14, uint64),
  di: required(15, uint64),
  orig_ax: required(16, uint64),
  ip: required(17, uint64),
  cs: required(18, uint64),
  flags: required(19, uint64),
  sp: required(20, uint64),
  ss: required(21, uint64),
  fs_base: required(22, uint64),
  gs_base: required(23, uint64),
  ds: required(24, uint64),
  es: required(25, uint64),
  fs: required(26, uint64),
  gs: required(27, uint64),
  mode: optional(28, UserX86RegsMode)
})
/** The registers of a thread. */
export type UserX86RegsEntry = Value<typeof UserX86RegsEntry>

/** The registers of a thread on x86. */
export const ThreadInfoX86 = define("thread_info_x86", {
  clear_tid_addr: required(1, uint64),
  gpregs: required(2, nested(UserX86RegsEntry)),
  fpregs: required(3, nested(UserX86FpregsEntry)),
  tls: repeated(4, nested(UserDescT))
})
/** The registers of a thread on x86. */
export type ThreadInfoX86 = Value<typeof ThreadInfoX86>
