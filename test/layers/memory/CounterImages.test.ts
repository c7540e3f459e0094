import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type Checkpoint, CheckpointConfig, CheckpointName, Checkpoints, Images } from "stasis"
import * as Memory from "stasis/Memory"
import * as Image from "../../../src/domain/image/Image.ts"
import * as ImageFile from "../../../src/domain/image/ImageFile.ts"
import type { ImageKind } from "../../../src/domain/image/ImageKind.ts"
import { kinds } from "../../../src/domain/image/kinds.ts"
import * as StatsDump from "../../../src/domain/image/StatsDump.ts"
import { searchMemory } from "../../../src/effects/searchMemory.ts"
import { verifyImages } from "../../../src/effects/verifyCheckpoint.ts"
import { bytesBesidePages, inventory, names, pages, rest } from "../../../src/layers/memory/CounterImages.ts"
import * as CounterProcess from "../../../src/layers/memory/CounterProcess.ts"
import { MemoryContainers } from "../../../src/layers/memory/MemoryContainers.ts"

const name = Schema.decodeSync(CheckpointName.CheckpointName)

/** What is frozen of a container. */
const frozenOf = (container: Memory.MemoryContainer) => {
  const containers = new MemoryContainers()
  containers.add(0, container)
  const memory = containers.memory(0, container.id)
  if (memory === undefined) throw new Error("it is gone")
  return memory
}

/** One character again and again, of one to six bytes in JSON. */
const long = FastCheck.tuple(FastCheck.constantFrom("x", "é", "語", "\u0001"), FastCheck.integer({ min: 1, max: 6000 }))
  .map(([character, times]) => character.repeat(times))

/** Containers whose texts need more than a page, too. */
const frozen = FastCheck.oneof(
  Memory.Arbitraries.container,
  FastCheck.record({
    id: long,
    labels: FastCheck.dictionary(FastCheck.string(), long, { maxKeys: 2 }),
    files: FastCheck.array(FastCheck.constant("/var/log/tëxt"), { maxLength: 300 }),
    memory: FastCheck.nat(9000)
  })
).map(frozenOf)

const allOf = (memory: ReturnType<typeof frozenOf>) => [...pages(memory), ...rest(memory), inventory]

const bytesOf = (images: ReturnType<typeof allOf>, name: string) =>
  images.find((image) => image.name === name)?.bytes ?? new Uint8Array()

const read = <A, H>(images: ReturnType<typeof allOf>, name: string, kind: ImageKind<A, H>) =>
  Either.getOrThrow(ImageFile.values(kind, bytesOf(images, name)))

/** Memory as a program would find it at an address, by the page map. */
const memoryAt = (images: ReturnType<typeof allOf>, start: bigint, end: bigint) => {
  let offset = 0
  for (const { nr_pages, vaddr } of read(images, "pagemap-1.img", kinds.pagemap)) {
    const length = Number(nr_pages) * 4096
    const from = Number(start - vaddr)
    if (from >= 0 && from + Number(end - start) <= length) {
      return bytesOf(images, "pages-1.img").subarray(offset + from, offset + from + Number(end - start))
    }
    offset += length
  }
  return undefined
}

describe("the images of a container in memory", () => {
  it.prop("are whole, of kinds that are known, and agree with each other", [frozen], ([memory]) => {
    const images = allOf(memory)
    expect(images.map(({ name }) => name).sort()).toEqual(names(memory))
    for (const { bytes, name } of images) {
      const image = Either.getOrThrow(Image.decode(name, bytes))
      if (name === "pages-1.img") expect(image._tag).toBe("Raw")
      else if (image._tag !== "Known") expect(image._tag).toBe("Known")
      else {
        expect(image.kind.file.test(name)).toBe(true)
        expect(ImageFile.write(image.kind, image.entries, image.head)).toEqual(bytes)
      }
    }
    const [mm] = read(images, "mm-1.img", kinds.mm)
    const files = read(images, "files.img", kinds.files)
    const fds = read(images, "fdinfo-2.img", kinds.fdinfo)
    const [mounts, [ids]] = [read(images, "mountpoints-13.img", kinds.mnts), read(images, "ids-1.img", kinds.ids)]
    const paths = new Map(files.map(({ id, reg }) => [id, reg?.name]))
    expect(fds.map(({ id }) => paths.get(id))).toEqual(["/dev/null", "/dev/null", "/dev/null", ...memory.files])
    expect(paths.size).toBe(files.length)
    expect(paths.get(mm?.exe_file_id ?? 0)).toBe("/bin/counter")
    expect([ids?.files_id, ids?.uts_ns_id, ids?.mnt_ns_id]).toEqual([2, 12, 13])
    expect(new Set(files.map(({ reg }) => reg?.mnt_id))).toEqual(new Set(mounts.map(({ mnt_id }) => mnt_id)))
    // Every page belongs to an area, and the file of pages has as many.
    const map = read(images, "pagemap-1.img", kinds.pagemap)
    for (const { nr_pages = 0n, vaddr } of map) {
      expect(mm?.vmas.some(({ end, start }) => start === vaddr && end === vaddr + nr_pages * 4096n)).toBe(true)
    }
    const count = map.reduce((sum, { nr_pages = 0n }) => sum + Number(nr_pages), 0)
    expect(bytesOf(images, "pages-1.img").byteLength).toBe(count * 4096)
    expect(count).toBe(CounterProcess.pagesOf(memory))
    expect(count).toBeGreaterThanOrEqual(Math.ceil(memory.memory / 4096))
    const least = Math.ceil((JSON.stringify(memory).length * 3 + 3 * memory.id.length + 8192) / 4096) + 1
    expect(count).toBeLessThanOrEqual(Math.max(Math.ceil(memory.memory / 4096), least))
  })

  it.prop("hold what was frozen at the beginning of the heap", [frozen], ([memory]) => {
    const images = allOf(memory)
    expect(Either.getOrThrow(CounterProcess.thaw(bytesOf(images, "pages-1.img")))).toEqual(
      JSON.parse(JSON.stringify(memory))
    )
    const [mm] = read(images, "mm-1.img", kinds.mm)
    const heap = memoryAt(images, mm?.mm_start_brk ?? 0n, (mm?.mm_start_brk ?? 0n) + 6n)
    expect(new TextDecoder().decode(heap)).toBe(`{"id":`)
  })

  it.prop("have the command line and the environment where the kernel has them", [frozen], ([memory]) => {
    const images = allOf(memory)
    const [mm] = read(images, "mm-1.img", kinds.mm)
    if (mm === undefined) return expect(mm).toBeDefined()
    const text = (start: bigint, end: bigint) => new TextDecoder().decode(memoryAt(images, start, end))
    expect(text(mm.mm_arg_start, mm.mm_arg_end)).toBe("counter\0")
    expect(text(mm.mm_env_start, mm.mm_env_end).split("\0")).toEqual([
      "PATH=/bin",
      `HOSTNAME=${memory.id}`,
      "HOME=/",
      ""
    ])
    const [core] = read(images, "core-1.img", kinds.core)
    expect((memory.name ?? memory.id).startsWith(core?.tc?.comm ?? "-")).toBe(true)
  })

  it("change in a page of the heap alone when the container has counted on", () => {
    const [before, after] = [frozenOf({ id: "web", count: 1 }), frozenOf({ id: "web", count: 2 })].map(allOf)
    const changed = before?.filter(({ bytes, name }) => Buffer.compare(bytes, bytesOf(after ?? [], name)) !== 0)
    expect(changed?.map(({ name }) => name)).toEqual(["pages-1.img"])
    expect(bytesBesidePages(frozenOf({ id: "web" }))).toBe(
      before?.reduce((sum, { bytes, name }) => name === "pages-1.img" ? sum : sum + bytes.byteLength, 0)
    )
  })

  it("are no longer taken for a container's when the pages are not of this runtime", () => {
    for (const text of ["", "{}", `{"id":`, "\0"]) {
      expect(CounterProcess.thaw(new TextEncoder().encode(`${text}\0\0`))).toEqual(
        Either.left("the pages are not of this runtime")
      )
    }
  })
})

for (const store of ["map", "folder"] as const) {
  const inWorld = <A, E>(
    test: (control: typeof Memory.MemoryControl.Service) => Effect.Effect<A, E, Checkpoints.Checkpoints | Images.Images>
  ) =>
  () =>
    Effect.provide(
      Effect.flatMap(Memory.MemoryControl, test),
      Memory.layerTest({
        containers: [{ id: "web", count: 7, memory: 70_000, labels: { team: "é" } }],
        store,
        capacity: 1e6
      })
    )

  const create = (name: string, options: Parameters<typeof Checkpoints.create>[2] = {}) =>
    Effect.map(Checkpoints.create("web", name, { leaveRunning: true, ...options }), ({ checkpoint }) => checkpoint)

  const open = ({ path }: Checkpoint.Checkpoint) => Effect.flatMap(Images.Images, (images) => images.open(path))

  const verify = (checkpoint: Checkpoint.Checkpoint) =>
    Effect.flatMap(open(checkpoint), (folder) => verifyImages({ folder, checkpoint }))

  describe(`a checkpoint in a ${store}`, () => {
    it.effect(
      "takes what its record says, and has its record and its statistics beside its images",
      inWorld((control) =>
        Effect.gen(function* () {
          const free = yield* control.disk.freeBytes("/")
          const checkpoint = yield* create("first")
          const folder = yield* open(checkpoint)
          const sizes = folder.files.filter(({ name }) => name !== "config.json" && name !== "stats-dump")
          const bytes = sizes.reduce((sum, file) => sum + file.bytes, 0)
          expect(checkpoint.record?.bytes).toBe(bytes)
          expect(sizes.find(({ name }) => name === "pages-1.img")?.bytes).toBe(73_728)
          if (store === "map") expect(free - (yield* control.disk.freeBytes("/"))).toBe(bytes)
          const config = new TextDecoder().decode(yield* folder.read("config.json"))
          expect(Either.getOrThrow(CheckpointConfig.parse(config)).stasis).toEqual(checkpoint.record)
          const statistics = Either.getOrThrow(StatsDump.decode(yield* folder.read("stats-dump")))
          expect(statistics).toEqual(checkpoint.record?.statistics)
          expect(statistics.pagesWritten).toBe(18)
        })
      )
    )

    it.effect(
      "is verified as whole, where it builds on another or on a pre-dump as well",
      inWorld((control) =>
        Effect.gen(function* () {
          const first = yield* create("first")
          yield* control.advance("web")
          const second = yield* create("second", { parentPath: name("first") })
          const third = yield* create("third", { preDump: true })
          for (const checkpoint of [first, second, third]) {
            const { problems, verdict } = yield* verify(checkpoint)
            expect(problems).toEqual([])
            expect(verdict).toBe("whole")
          }
        })
      )
    )

    it.effect(
      "has memory that is searched as a real one's: for what it counted, its command line, its environment",
      inWorld(() =>
        Effect.gen(function* () {
          const folder = yield* open(yield* create("first"))
          for (
            const [text, kind] of [[`"count":7,`, "heap"], ["counter\0PATH=", "stack"], ["HOSTNAME=web\0", "stack"]]
          ) {
            const hits = Array.from(yield* Stream.runCollect(searchMemory(folder, { text: text ?? "" }, {})))
            expect(hits.map(({ area, pid }) => [pid, area?.kind])).toEqual([[1, kind]])
          }
        })
      )
    )

    it.effect(
      "keeps what was put beside its images, after a loss of power as well",
      inWorld((control) =>
        Effect.gen(function* () {
          const first = yield* create("first")
          yield* (yield* open(first)).keep("seal.json", "kept", "full")
          yield* control.crash
          const folder = yield* open(first)
          expect(new TextDecoder().decode(yield* folder.read("seal.json"))).toBe("kept")
        })
      )
    )

    it.effect(
      "is another one when it was made anew under its name",
      inWorld((control) =>
        Effect.gen(function* () {
          const before = yield* open(yield* create("first"))
          const pages = yield* before.read("pages-1.img")
          yield* Checkpoints.remove("web", "first")
          yield* control.advance("web")
          const after = yield* open(yield* create("first"))
          expect(yield* after.read("pages-1.img")).not.toEqual(pages)
        })
      )
    )

    it.effect(
      "is there after a loss of power, for who looked at it before and who did not, where it is durable",
      inWorld((control) =>
        Effect.gen(function* () {
          const made = [yield* create("first"), yield* create("second"), yield* create("third", { durability: "none" })]
          for (const one of [made[0], made[2]]) if (one !== undefined) yield* open(one)
          yield* control.crash
          const found = yield* Effect.forEach(made, (one) => Effect.isSuccess(open(one)))
          expect(found).toEqual([true, true, false])
        })
      )
    )

    it.effect(
      "cannot be read where the storage fails",
      inWorld(({ faults }) =>
        Effect.gen(function* () {
          const checkpoint = yield* create("first")
          const failing = (code: "EIO", skip: number) => faults.failStorage(code, { skip })
          yield* failing("EIO", 0)
          expect((yield* Effect.flip(open(checkpoint)))._tag).toBe("StorageFailed")
          const folder = yield* open(checkpoint)
          for (const skip of [0, 1]) {
            yield* failing("EIO", skip)
            expect((yield* Effect.flip(folder.read("inventory.img")))._tag).toBe("StorageFailed")
          }
          expect((yield* folder.read("inventory.img")).byteLength).toBeGreaterThan(0)
        })
      )
    )
  })
}

describe("a checkpoint in a folder", () => {
  it.effect("is not restored when its memory is damaged, and says so", () =>
    Effect.gen(function* () {
      const { fileSystem } = yield* Memory.MemoryControl
      const { checkpoint } = yield* Checkpoints.create("web", "first")
      for (
        const [file, detail] of [["pages-1.img", "not of this runtime"], ["inventory.img", "inventory.img is damaged"]]
      ) {
        yield* fileSystem.writeFileString(`${checkpoint.path}/${file}`, "junk that is no image")
        const error = yield* Effect.flip(Checkpoints.restore("web", "first"))
        expect(error._tag).toBe("CheckpointDamaged")
        expect(error.message).toContain(detail)
      }
    }).pipe(Effect.provide(Memory.layerTest({ containers: [{ id: "web" }], store: "folder" }))))

  it.effect("builds on the pre-dump among its images", () =>
    Effect.gen(function* () {
      const { checkpoint } = yield* Checkpoints.create("web", "first", { leaveRunning: true, preDump: true })
      const images = yield* Images.Images
      const folder = yield* images.open(checkpoint.path)
      expect(folder.parent).toBe(`${checkpoint.path}/pre-dump`)
      const names = (yield* images.open(folder.parent ?? "")).files.map(({ name }) => name)
      expect(names).toEqual(["inventory.img", "pagemap-1.img", "pages-1.img"])
    }).pipe(Effect.provide(Memory.layerTest({ containers: [{ id: "web" }], store: "folder" }))))
})
