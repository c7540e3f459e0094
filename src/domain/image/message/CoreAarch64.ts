/** CRIU's `images/core-aarch64.proto`. */
import { define, nested, optional, repeated, required, uint32, uint64, type Value } from "../Message.ts"

/** The registers of a thread. */
const UserAarch64RegsEntry = define("user_aarch64_regs_entry", {
  regs: repeated(1, uint64),
  sp: required(2, uint64),
  pc: required(3, uint64),
  pstate: required(4, uint64)
})

/** The registers of a thread for fractions and vectors. */
const UserAarch64FpsimdContextEntry = define("user_aarch64_fpsimd_context_entry", {
  vregs: repeated(1, uint64),
  fpsr: required(2, uint32),
  fpcr: required(3, uint32)
})

/** The keys by which a process signs its pointers. */
const PacAddressKeys = define("pac_address_keys", {
  apiakey_lo: required(1, uint64),
  apiakey_hi: required(2, uint64),
  apibkey_lo: required(3, uint64),
  apibkey_hi: required(4, uint64),
  apdakey_lo: required(5, uint64),
  apdakey_hi: required(6, uint64),
  apdbkey_lo: required(7, uint64),
  apdbkey_hi: required(8, uint64),
  pac_enabled_key: required(9, uint64)
})

/** The key by which a process signs other values. */
const PacGenericKeys = define("pac_generic_keys", {
  apgakey_lo: required(1, uint64),
  apgakey_hi: required(2, uint64)
})

/** The keys by which a process signs. */
const PacKeys = define("pac_keys", {
  pac_address_keys: optional(6, nested(PacAddressKeys)),
  pac_generic_keys: optional(7, nested(PacGenericKeys))
})

/** The registers of a thread on ARM of 64 bits. */
export const ThreadInfoAarch64 = define("thread_info_aarch64", {
  clear_tid_addr: required(1, uint64),
  tls: required(2, uint64),
  gpregs: required(3, nested(UserAarch64RegsEntry)),
  fpsimd: required(4, nested(UserAarch64FpsimdContextEntry)),
  pac_keys: optional(5, nested(PacKeys))
})
/** The registers of a thread on ARM of 64 bits. */
export type ThreadInfoAarch64 = Value<typeof ThreadInfoAarch64>
