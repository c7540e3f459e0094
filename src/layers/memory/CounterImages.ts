/**
 * The images of a container in memory: what CRIU would write of its one process, message by message.
 *
 * This file owns which images there are and what is in them, but for `core`, which is `CounterCore.ts`. What lies in the
 * memory of the process is `CounterProcess.ts`.
 */
import * as ImageFile from "../../domain/image/ImageFile.ts"
import { kinds } from "../../domain/image/kinds.ts"
import type { FileEntry } from "../../domain/image/message/Fdinfo.ts"
import type { VmaEntry } from "../../domain/image/message/Vma.ts"
import type { Statistics } from "../../domain/Statistics.ts"
import { coreOf, ids } from "./CounterCore.ts"
import * as CounterProcess from "./CounterProcess.ts"
import type { Memory } from "./MemoryContainers.ts"

/** An image, by the name of its file. */
export interface Image {
  readonly name: string
  readonly bytes: Uint8Array
}

/** The memory itself, and where it belongs. */
export const pages = (memory: Memory): ReadonlyArray<Image> => {
  const process = CounterProcess.of(memory)
  return [{ name: "pages-1.img", bytes: CounterProcess.contentOf(process) }, pagemapOf(process)]
}

/** The image that CRIU writes last of all. */
export const inventory: Image = {
  name: "inventory.img",
  bytes: ImageFile.write(kinds.inventory, [{
    value: {
      img_version: 2,
      fdinfo_per_id: true,
      root_ids: { ...ids, vm_id: 1, files_id: 1, fs_id: 1, sighand_id: 1, pid_ns_id: 1, uts_ns_id: 4, mnt_ns_id: 6 },
      ns_per_id: true,
      root_cg_set: 1,
      lsmtype: "NO_LSM"
    }
  }])
}

/** Everything else, in no particular order. */
export const rest = (memory: Memory): ReadonlyArray<Image> => {
  const process = CounterProcess.of(memory)
  return [
    write("pstree.img", kinds.pstree, [{ pid: 1, ppid: 0, pgid: 1, sid: 1, threads: [1] }]),
    write("core-1.img", kinds.core, [coreOf(process)]),
    write("ids-1.img", kinds.ids, [ids]),
    mmOf(process),
    write("fs-1.img", kinds.fs, [{ cwd_id: rootFile, root_id: rootFile, umask: 0o22 }]),
    write(
      "fdinfo-2.img",
      kinds.fdinfo,
      [nullFile, nullFile, nullFile, ...memory.files.map((_, index) => firstFile + index)].map((id, fd) => ({
        id,
        flags: 0,
        type: "REG" as const,
        fd
      }))
    ),
    write("files.img", kinds.files, [
      fileOf(program, "/bin/counter", readOnly, 0o100755),
      fileOf(nullFile, "/dev/null", readWrite, 0o020666),
      fileOf(rootFile, "/", readOnly, 0o040755),
      ...memory.files.map((path, index) => fileOf(firstFile + index, path, readWrite, 0o100644))
    ]),
    write(`utsns-${ids.uts_ns_id}.img`, kinds.utsns, [{ nodename: memory.id, domainname: "(none)" }]),
    write(`mountpoints-${ids.mnt_ns_id}.img`, kinds.mnts, [{
      fstype: overlay,
      mnt_id: mount,
      root_dev: 24,
      parent_mnt_id: 1,
      flags: 0,
      root: "/",
      mountpoint: "/",
      source: "overlay",
      options: ""
    }]),
    write("cgroup.img", kinds.cgroup, [{
      sets: [{ id: 2, ctls: [{ name: "", path: `/${memory.id}` }] }],
      controllers: [{ cnames: [""], dirs: [{ dir_name: memory.id, children: [], properties: [] }] }]
    }])
  ]
}

/** The names of all images, those of the statistics left out, sorted. */
export const names = (memory: Memory): ReadonlyArray<string> =>
  [...pages(memory), ...rest(memory), inventory].map(({ name }) => name).sort()

/** How many bytes all images take whose names are given by {@link names}, but for the pages. */
export const bytesBesidePages = (memory: Memory): number =>
  [pagemapOf(CounterProcess.of(memory)), ...rest(memory), inventory].reduce(
    (sum, { bytes }) => sum + bytes.byteLength,
    0
  )

/** What was measured of a dump. Times beyond the number's bits are the longest that there are. */
export const statistics = (measured: Statistics): Image => ({
  name: "stats-dump",
  bytes: ImageFile.write(kinds.stats, [{
    value: {
      dump: {
        freezing_time: Math.min(measured.freezingMicros, 0xffffffff),
        frozen_time: Math.min(measured.frozenMicros, 0xffffffff),
        memdump_time: Math.min(measured.memoryDumpMicros, 0xffffffff),
        memwrite_time: Math.min(measured.memoryWriteMicros, 0xffffffff),
        pages_scanned: BigInt(measured.pagesScanned),
        pages_skipped_parent: BigInt(measured.pagesSkippedParent),
        pages_written: BigInt(measured.pagesWritten),
        pages_lazy: 0n
      }
    }
  }])
})

/** The ids of files, in `files.img`. */
const [program, nullFile, rootFile, firstFile] = [1, 2, 3, 4] as const
/** The id of the one mount, and what it is of. */
const mount = 2
const overlay = 17

/** O_RDONLY and O_RDWR, each with O_LARGEFILE. */
const readOnly = 0o100000
const readWrite = 0o100002

const write = <A>(name: string, kind: Parameters<typeof ImageFile.write<A, never>>[0], values: ReadonlyArray<A>) => ({
  name,
  bytes: ImageFile.write(kind, values.map((value) => ({ value })))
})

const fileOf = (id: number, name: string, flags: number, mode: number): FileEntry => ({
  type: "REG",
  id,
  reg: {
    id,
    flags,
    pos: 0n,
    fown: { uid: 0, euid: 0, signum: 0, pid_type: 0, pid: 0 },
    name,
    mnt_id: mount,
    mode,
    build_id: []
  }
})

const pagemapOf = ({ heap, stack }: CounterProcess.CounterProcess): Image => ({
  name: "pagemap-1.img",
  bytes: ImageFile.write(
    kinds.pagemap,
    [heap, stack].map(({ pages, start }) => ({
      value: { vaddr: start, compat_nr_pages: 0, flags: present, nr_pages: BigInt(pages) }
    })),
    { value: { pages_id: 1 } }
  )
})

/** PE_PRESENT: the page lies in the pages of the same dump. */
const present = 4

const mmOf = ({ commandLine, environment, heap, stack }: CounterProcess.CounterProcess): Image => {
  const heapEnd = endOf(heap)
  return write("mm-1.img", kinds.mm, [{
    mm_start_code: code,
    mm_end_code: code + 4096n,
    mm_start_data: heap.start,
    mm_end_data: heap.start,
    mm_start_stack: commandLine.start,
    mm_start_brk: heap.start,
    mm_brk: heapEnd,
    mm_arg_start: commandLine.start,
    mm_arg_end: environment.start,
    mm_env_start: environment.start,
    mm_env_end: environment.start + BigInt(environment.bytes.byteLength),
    exe_file_id: program,
    mm_saved_auxv: [],
    vmas: [
      areaOf(code, code + 4096n, { prot: 5, flags: 0x2, status: 0x41, shmid: BigInt(program) }),
      areaOf(heap.start, heapEnd, { prot: 3, flags: 0x22, status: 0x221 }),
      areaOf(stack.start, endOf(stack), { prot: 3, flags: 0x122, status: 0x201 })
    ],
    dumpable: 1,
    aios: []
  }])
}

/** Where the program is mapped. */
const code = 0x400000n

const endOf = ({ pages, start }: CounterProcess.Area): bigint => start + BigInt(pages * CounterProcess.pageSize)

/** An area of mmap(2)'s bits, and CRIU's (`VMA_AREA_*`): private, regular; the program, the heap, or a stack that grows. */
const areaOf = (
  start: bigint,
  end: bigint,
  bits: Pick<VmaEntry, "prot" | "flags" | "status"> & Partial<VmaEntry>
): VmaEntry => ({ start, end, pgoff: 0n, shmid: 0n, fd: -1n, ...bits })
