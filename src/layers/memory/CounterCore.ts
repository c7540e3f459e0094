/**
 * The one thread of a container in memory, as CRIU's `core` has it: its state, registers, limits and rights, and the ids by
 * which other images are found.
 */
import type { CoreEntry } from "../../domain/image/message/Core.ts"
import type { UserX86FpregsEntry, UserX86RegsEntry } from "../../domain/image/message/CoreX86.ts"
import type { CounterProcess } from "./CounterProcess.ts"

/** What the process has of its own, and, with ids below nine, the namespaces that it shares with whoever dumps. */
export const ids = {
  vm_id: 2,
  files_id: 2,
  fs_id: 2,
  sighand_id: 2,
  pid_ns_id: 9,
  net_ns_id: 2,
  ipc_ns_id: 3,
  uts_ns_id: 12,
  mnt_ns_id: 13,
  user_ns_id: 7,
  cgroup_ns_id: 8,
  time_ns_id: 5
} as const

/** The thread of a process. */
export const coreOf = ({ commandLine, name }: CounterProcess): CoreEntry => ({
  mtype: "X86_64",
  thread_info: {
    clear_tid_addr: 0n,
    gpregs: { ...registers, sp: commandLine.start },
    fpregs: floatingPoint,
    tls: []
  },
  tc: {
    task_state: alive,
    exit_code: 0,
    personality: 0,
    flags: 0x400100,
    blk_sigset: 0n,
    comm: name,
    rlimits: { rlimits: limits },
    cg_set: 2,
    loginuid: 0xffffffff,
    oom_score_adj: 0,
    sigactions: []
  },
  thread_core: {
    futex_rla: 0n,
    futex_rla_len: 24,
    sched_nice: 0,
    sched_policy: 0,
    creds: {
      uid: 0,
      gid: 0,
      euid: 0,
      egid: 0,
      suid: 0,
      sgid: 0,
      fsuid: 0,
      fsgid: 0,
      cap_inh: [0, 0],
      cap_prm: rights,
      cap_eff: rights,
      cap_bnd: rights,
      cap_amb: [0, 0],
      secbits: 0,
      groups: []
    },
    comm: name,
    cg_set: 2
  }
})

const alive = 1

/** The capabilities that Docker gives. */
const rights = [0xa80425fb, 0]

const unlimited = 0xffff_ffff_ffff_ffffn

/** By the kernel's numbers of them; all but the size of the stack and the number of open files without an end. */
const limits = Array.from(
  { length: 16 },
  (_, index) =>
    index === 3
      ? { cur: 8_388_608n, max: unlimited }
      : index === 7
      ? { cur: 1024n, max: 524_288n }
      : { cur: unlimited, max: unlimited }
)

/** It waits in the kernel, as nearly every process does: in pause(2), at the beginning of its program. */
const registers: UserX86RegsEntry = {
  r15: 0n,
  r14: 0n,
  r13: 0n,
  r12: 0n,
  bp: 0n,
  bx: 0n,
  r11: 0x246n,
  r10: 0n,
  r9: 0n,
  r8: 0n,
  ax: 0xffff_ffff_ffff_fffcn,
  cx: 0x400000n,
  dx: 0n,
  si: 0n,
  di: 0n,
  orig_ax: 34n,
  ip: 0x400000n,
  cs: 0x33n,
  flags: 0x246n,
  sp: 0n,
  ss: 0x2bn,
  fs_base: 0n,
  gs_base: 0n,
  ds: 0n,
  es: 0n,
  fs: 0n,
  gs: 0n,
  mode: "NATIVE"
}

/** As the processor begins. */
const floatingPoint: UserX86FpregsEntry = {
  cwd: 0x37f,
  swd: 0,
  twd: 0,
  fop: 0,
  rip: 0n,
  rdp: 0n,
  mxcsr: 0x1f80,
  mxcsr_mask: 0xffff,
  st_space: new Array<number>(32).fill(0),
  xmm_space: new Array<number>(64).fill(0),
  padding: []
}
