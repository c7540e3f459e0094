/** CRIU's `images/core.proto`. */
import { ThreadInfoAarch64 } from "./CoreAarch64.ts"
import { ThreadInfoX86 } from "./CoreX86.ts"
import { CredsEntry } from "./Creds.ts"
import { RlimitEntry } from "./Rlimit.ts"
import { RseqEntry } from "./Rseq.ts"
import { SaEntry } from "./Sa.ts"
import { SignalQueueEntry } from "./Siginfo.ts"
import { TaskTimersEntry } from "./Timer.ts"
import {
  bool,
  bytes,
  define,
  enumeration,
  int32,
  nested,
  optional,
  repeated,
  required,
  sint32,
  string,
  uint32,
  uint64,
  type Value
} from "../Message.ts"

/**
 * What a process has to itself or shares with others: two with the same id share it. CRIU counts these ids by itself.
 */
export const TaskKobjIdsEntry = define("task_kobj_ids_entry", {
  vm_id: required(1, uint32),
  files_id: required(2, uint32),
  fs_id: required(3, uint32),
  sighand_id: required(4, uint32),
  pid_ns_id: optional(5, uint32),
  net_ns_id: optional(6, uint32),
  ipc_ns_id: optional(7, uint32),
  uts_ns_id: optional(8, uint32),
  mnt_ns_id: optional(9, uint32),
  user_ns_id: optional(10, uint32),
  cgroup_ns_id: optional(11, uint32),
  time_ns_id: optional(12, uint32)
})
/**
 * What a process has to itself or shares with others: two with the same id share it. CRIU counts these ids by itself.
 */
export type TaskKobjIdsEntry = Value<typeof TaskKobjIdsEntry>

/** The stack on which a thread handles its signals. */
const ThreadSasEntry = define("thread_sas_entry", {
  ss_sp: required(1, uint64),
  ss_size: required(2, uint64),
  ss_flags: required(3, uint32)
})

/** The limits on what a process may use. */
const TaskRlimitsEntry = define("task_rlimits_entry", {
  rlimits: repeated(1, nested(RlimitEntry))
})

/** The kinds of machine, which say what registers there are. */
const CoreEntryMarch = enumeration({
  UNKNOWN: 0,
  X86_64: 1,
  ARM: 2,
  AARCH64: 3,
  PPC64: 4,
  S390: 5,
  MIPS: 6,
  LOONGARCH64: 7,
  RISCV64: 8
})

/** How a thread is kept from system calls. */
const SeccompMode = enumeration({
  disabled: 0,
  strict: 1,
  filter: 2
})

/** What a process is besides its memory and files: its state, name, signals and limits. */
const TaskCoreEntry = define("task_core_entry", {
  /** `TaskState.ts` has the words. */
  task_state: required(1, uint32),
  /** Of a zombie, as wait(2) gives it. */
  exit_code: required(2, uint32),
  personality: required(3, uint32),
  flags: required(4, uint32),
  /** The signals that are blocked, the first one being the lowest bit. */
  blk_sigset: required(5, uint64),
  /** The name of the program, at most 15 bytes. */
  comm: required(6, string),
  timers: optional(7, nested(TaskTimersEntry)),
  rlimits: optional(8, nested(TaskRlimitsEntry)),
  /** Which set of control groups, by its id. */
  cg_set: optional(9, uint32),
  /** Pending for the process; those for a thread are in `thread_core`. */
  signals_s: optional(10, nested(SignalQueueEntry)),
  old_seccomp_mode: optional(11, SeccompMode),
  old_seccomp_filter: optional(12, uint32),
  loginuid: optional(13, uint32),
  oom_score_adj: optional(14, int32),
  /** Of each signal but KILL and STOP, in their order. */
  sigactions: repeated(15, nested(SaEntry)),
  child_subreaper: optional(18, bool),
  blk_sigset_extended: optional(20, uint64),
  /** Of a stopped process, by which signal. */
  stop_signo: optional(21, uint32),
  membarrier_registration_mask: optional(22, uint32)
})
/** What a process is besides its memory and files: its state, name, signals and limits. */
export type TaskCoreEntry = Value<typeof TaskCoreEntry>

/** What a thread is besides its registers: its scheduling, signals and credentials. */
const ThreadCoreEntry = define("thread_core_entry", {
  futex_rla: required(1, uint64),
  futex_rla_len: required(2, uint32),
  sched_nice: optional(3, sint32),
  /** `Scheduling.ts` has the words. */
  sched_policy: optional(4, uint32),
  sched_prio: optional(5, uint32),
  blk_sigset: optional(6, uint64),
  sas: optional(7, nested(ThreadSasEntry)),
  pdeath_sig: optional(8, uint32),
  signals_p: optional(9, nested(SignalQueueEntry)),
  creds: optional(10, nested(CredsEntry)),
  seccomp_mode: optional(11, SeccompMode),
  /** A place in the list of `seccomp`. */
  seccomp_filter: optional(12, uint32),
  /** The name of the thread, at most 15 bytes. */
  comm: optional(13, string),
  blk_sigset_extended: optional(14, uint64),
  rseq_entry: optional(15, nested(RseqEntry)),
  cg_set: optional(16, uint32)
})
/** What a thread is besides its registers: its scheduling, signals and credentials. */
export type ThreadCoreEntry = Value<typeof ThreadCoreEntry>

/**
 * A thread; the first one of a process tells of the process too. Registers of machines other than x86 and ARM of 64
 * bits are kept as they are.
 */
export const CoreEntry = define("core_entry", {
  mtype: required(1, CoreEntryMarch),
  thread_info: optional(2, nested(ThreadInfoX86)),
  ti_arm: optional(6, bytes),
  ti_aarch64: optional(8, nested(ThreadInfoAarch64)),
  ti_ppc64: optional(9, bytes),
  ti_s390: optional(10, bytes),
  ti_mips: optional(11, bytes),
  ti_loongarch64: optional(12, bytes),
  ti_riscv64: optional(13, bytes),
  /** Of the first thread of a process alone. */
  tc: optional(3, nested(TaskCoreEntry)),
  /** An image `ids` has them by CRIU 4.2. */
  ids: optional(4, nested(TaskKobjIdsEntry)),
  thread_core: optional(5, nested(ThreadCoreEntry))
})
/**
 * A thread; the first one of a process tells of the process too. Registers of machines other than x86 and ARM of 64
 * bits are kept as they are.
 */
export type CoreEntry = Value<typeof CoreEntry>
