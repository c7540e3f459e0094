/** CRIU's `images/core-aarch64.proto`. */
import { define, nested, optional, repeated, required, uint32, uint64, type Value } from "../Message.ts"

/** A message `user_aarch64_regs_entry`. */
export const UserAarch64RegsEntry = define("user_aarch64_regs_entry", {
  regs: repeated(1, uint64),
  sp: required(2, uint64),
  pc: required(3, uint64),
  pstate: required(4, uint64)
})
/** A message `user_aarch64_regs_entry`. */
export type UserAarch64RegsEntry = Value<typeof UserAarch64RegsEntry>

/** A message `user_aarch64_fpsimd_context_entry`. */
export const UserAarch64FpsimdContextEntry = define("user_aarch64_fpsimd_context_entry", {
  vregs: repeated(1, uint64),
  fpsr: required(2, uint32),
  fpcr: required(3, uint32)
})
/** A message `user_aarch64_fpsimd_context_entry`. */
export type UserAarch64FpsimdContextEntry = Value<typeof UserAarch64FpsimdContextEntry>

/** A message `pac_address_keys`. */
export const PacAddressKeys = define("pac_address_keys", {
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
/** A message `pac_address_keys`. */
export type PacAddressKeys = Value<typeof PacAddressKeys>

/** A message `pac_generic_keys`. */
export const PacGenericKeys = define("pac_generic_keys", {
  apgakey_lo: required(1, uint64),
  apgakey_hi: required(2, uint64)
})
/** A message `pac_generic_keys`. */
export type PacGenericKeys = Value<typeof PacGenericKeys>

/** A message `pac_keys`. */
export const PacKeys = define("pac_keys", {
  pac_address_keys: optional(6, nested(PacAddressKeys)),
  pac_generic_keys: optional(7, nested(PacGenericKeys))
})
/** A message `pac_keys`. */
export type PacKeys = Value<typeof PacKeys>

/** A message `thread_info_aarch64`. */
export const ThreadInfoAarch64 = define("thread_info_aarch64", {
  clear_tid_addr: required(1, uint64),
  tls: required(2, uint64),
  gpregs: required(3, nested(UserAarch64RegsEntry)),
  fpsimd: required(4, nested(UserAarch64FpsimdContextEntry)),
  pac_keys: optional(5, nested(PacKeys))
})
/** A message `thread_info_aarch64`. */
export type ThreadInfoAarch64 = Value<typeof ThreadInfoAarch64>
