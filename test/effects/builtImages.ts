/** Folders of images that a test builds in memory: processes with areas and pages, in chains. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ImagesNotFound, ImageUnreadable } from "../../src/domain/CheckpointError.ts"
import { plain } from "../../src/domain/memory/ByteView.ts"
import * as ImageFile from "../../src/domain/image/ImageFile.ts"
import { kinds } from "../../src/domain/image/kinds.ts"
import type { VmaEntry } from "../../src/domain/image/message/Vma.ts"
import { type ImageFolder, Images } from "../../src/effects/Images.ts"

/** An entry of a pagemap, with the bytes of its pages where it has any. */
export interface BuiltPages {
  readonly address: bigint
  readonly count: number
  readonly is: "present" | "inParent" | "lazy"
}

/** The memory of a process, or what processes share. */
export interface BuiltMemory {
  readonly pages: ReadonlyArray<BuiltPages>
  /** The contents of those that are present, one behind the other. */
  readonly contents: Uint8Array
}

/** An area of private memory without a file. */
export const area = (start: bigint, end: bigint, more: Partial<VmaEntry> = {}): VmaEntry => ({
  start,
  end,
  pgoff: 0n,
  shmid: 0n,
  prot: 3,
  flags: 0x22,
  status: 0x201,
  fd: -1n,
  ...more
})

/** An area of memory that processes share. */
export const sharedArea = (start: bigint, end: bigint, shmid: bigint, pgoff = 0n): VmaEntry =>
  area(start, end, { flags: 0x21, status: 0x101, shmid, pgoff })

/** A process. */
interface BuiltProcess extends BuiltMemory {
  readonly pid: number
  readonly areas: ReadonlyArray<VmaEntry>
  /** Where its stack began: another one is another program. */
  readonly stack?: bigint
  /** What the kernel told it at its start. */
  readonly auxiliary?: ReadonlyArray<bigint>
}

/** A folder of images. */
export interface BuiltFolder {
  readonly path: string
  readonly parent?: string
  readonly processes: ReadonlyArray<BuiltProcess>
  readonly shared?: ReadonlyMap<bigint, BuiltMemory>
}

/** The folders as the images of a machine. `reads` is told of every read of pages, and not of the beginnings of files. */
export const imagesOf = (
  folders: ReadonlyArray<BuiltFolder>,
  reads: (file: string, bytes: number) => void = () => undefined
): Layer.Layer<Images> => {
  const byPath = new Map(folders.map((folder) => [folder.path, folderOf(folder, reads)]))
  const open = (path: string): Effect.Effect<ImageFolder, ImagesNotFound> => {
    const found = byPath.get(path)
    return found === undefined
      ? Effect.fail(new ImagesNotFound({ path, reason: "there is no such folder" }))
      : Effect.succeed(found)
  }
  return Layer.mock(Images, { open, openDamaged: open, digest: () => Effect.succeed(""), views: plain })
}

/** One of the folders. */
export const folderOf = (
  folder: BuiltFolder,
  reads: (file: string, bytes: number) => void = () => undefined
): ImageFolder => {
  const { path } = folder
  const files = filesOf(folder)
  const find = (name: string): Effect.Effect<Uint8Array, ImageUnreadable> => {
    const bytes = files.get(name)
    return bytes === undefined
      ? Effect.fail(new ImageUnreadable({ path, file: name, reason: "it is not there" }))
      : Effect.succeed(bytes)
  }
  return {
    path,
    files: [...files].map(([name, { byteLength }]) => ({ name, bytes: byteLength })).sort((a, b) =>
      a.name < b.name ? -1 : 1
    ),
    parent: folder.parent,
    read: find,
    entries: Effect.dieMessage("nobody looks below a built folder"),
    digest: () => Effect.dieMessage("nobody seals a built folder"),
    keep: () => Effect.dieMessage("nobody writes into a built folder"),
    open: (name: string) =>
      Effect.map(find(name), (bytes) => ({
        bytes: bytes.byteLength,
        read: (position: number, into: Uint8Array) =>
          Effect.sync(() => {
            if (name.startsWith("pages-") && into.byteLength >= 4096) reads(`${path}/${name}`, into.byteLength)
            const part = bytes.subarray(position, position + into.byteLength)
            into.set(part)
            return part.byteLength
          })
      }))
  }
}

/** A folder with some files in place of its own, or beside them; one that is `undefined` is gone. */
export const changed = (
  folder: ImageFolder,
  changes: Readonly<Record<string, Uint8Array | undefined>>
): ImageFolder => ({
  ...folder,
  files: [
    ...folder.files.filter(({ name }) => !(name in changes)),
    ...Object.entries(changes).flatMap(([name, bytes]) =>
      bytes === undefined ? [] : [{ name, bytes: bytes.byteLength }]
    )
  ],
  read: (name) => {
    const bytes = changes[name]
    return bytes !== undefined
      ? Effect.succeed(bytes)
      : name in changes
      ? Effect.fail(new ImageUnreadable({ path: folder.path, file: name, reason: "it is not there" }))
      : folder.read(name)
  }
})

const filesOf = ({ processes, shared = new Map() }: BuiltFolder): ReadonlyMap<string, Uint8Array> => {
  const files = new Map<string, Uint8Array>()
  let pagesId = 0
  const add = (file: string, { contents, pages }: BuiltMemory) => {
    pagesId++
    files.set(
      file,
      ImageFile.write(
        kinds.pagemap,
        pages.map(({ address, count, is }) => ({
          value: {
            vaddr: address,
            compat_nr_pages: count,
            nr_pages: BigInt(count),
            flags: { present: 4, inParent: 1, lazy: 2 }[is]
          }
        })),
        { value: { pages_id: pagesId } }
      )
    )
    files.set(`pages-${pagesId}.img`, contents)
  }
  files.set("inventory.img", ImageFile.write(kinds.inventory, [{ value: { img_version: 2 } }]))
  files.set("files.img", ImageFile.write(kinds.files, []))
  files.set(
    "pstree.img",
    ImageFile.write(
      kinds.pstree,
      processes.map(({ pid }) => ({ value: { pid, ppid: 0, pgid: pid, sid: pid, threads: [pid] } }))
    )
  )
  for (const process of processes) {
    files.set(`mm-${process.pid}.img`, ImageFile.write(kinds.mm, [{ value: mmOf(process) }]))
    add(`pagemap-${process.pid}.img`, process)
  }
  for (const [id, memory] of shared) add(`pagemap-shmem-${id}.img`, memory)
  return files
}

const mmOf = ({ areas, auxiliary = [], stack = 1n }: BuiltProcess) => ({
  mm_start_code: 1n,
  mm_end_code: 1n,
  mm_start_data: 1n,
  mm_end_data: 1n,
  mm_start_stack: stack,
  mm_start_brk: 1n,
  mm_brk: 1n,
  mm_arg_start: 1n,
  mm_arg_end: 1n,
  mm_env_start: 1n,
  mm_env_end: 1n,
  exe_file_id: 0,
  mm_saved_auxv: auxiliary,
  vmas: areas,
  aios: []
})
