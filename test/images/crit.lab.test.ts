// Every image of real dumps of many kinds of process is read as CRIU's own `crit` reads it, entry by entry and field by field; none
// is unknown, and no entry has a field that is. What is known beforehand of the images in the repository is in
// `test/domain/image/golden.test.ts`.
import { readFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Image from "../../src/domain/image/Image.ts"
import * as ImageFile from "../../src/domain/image/ImageFile.ts"
import * as CritForm from "../golden/critForm.ts"
import * as Dump from "./Dump.ts"
import * as Oracle from "./Oracle.ts"

/** What is dumped; more of each is said in its program. */
const subjects: Readonly<Record<string, Dump.Recipe>> = {
  threads: { source: "threads.py" },
  "many processes": { source: "family.py" },
  "pipes and fifos": { source: "pipes.py" },
  "unix sockets": { source: "unix.py" },
  TCP: { source: "tcp.py" },
  "UDP, raw, packet and netlink sockets": { source: "datagrams.py" },
  "shared memory": { source: "shared.py", by: ["unshare", "--ipc"] },
  memfds: { source: "memfd.py" },
  "deleted files": { source: "deleted.py" },
  "what waits": { source: "events.py" },
  timers: { source: "timers.py" },
  "pending signals": { source: "signals.py" },
  terminals: { source: "terminal.py" },
  "file locks": { source: "locks.py" },
  "filters of system calls": { source: "seccomp.py" },
  "credentials and limits": { source: "credentials.py" },
  "kinds of memory": { source: "memory.py" },
  handles: { source: "handles.py" },
  "namespaces of network, name and objects": { source: "isolated.py", by: ["unshare", "--net", "--ipc", "--uts"] },
  "a namespace of users": { source: "isolated.py", by: ["unshare", "--user", "--map-root-user", "--net", "--uts"] },
  "a namespace of time": {
    source: "threads.py",
    by: ["unshare", "--time", "--boottime", "1000", "--monotonic", "2000", "--fork", "setsid"],
    asChild: true
  }
}

/** What a file that is no image of CRIU is called. */
const others = /^(dump\.log|stats-restore|config\.json|spec\.json|descriptors\.json)$/

/** The kinds that were in the dumps, and those that the command was asked about. */
const seen = new Set<string>()
const asked = new Set<string>()

/** Reads a folder of images in both ways; gives what is in it, by name. */
const compare = (folder: string) =>
  Effect.gen(function* () {
    const lines = (yield* Oracle.read(folder)).filter(({ file }) => !others.test(file))
    const found: Array<string> = []
    for (const { entries, file, magic } of lines) {
      const bytes = readFileSync(`${folder}/${file}`)
      const image = Either.getOrThrowWith(Image.decode(file, bytes), (reason) => new Error(`${file}: ${reason}`))
      if (image._tag === "Unknown") found.push(`${file}: it is unknown`)
      else if (image._tag === "Raw") {
        seen.add(image.name)
        if (magic !== undefined) found.push(`${file}: it is said to be raw, crit has ${magic}`)
      } else {
        seen.add(image.kind.name)
        // crit has no handler for two kinds that it has names of.
        if (image.kind.name.replace(/^shmem_/, "").toUpperCase() !== magic) {
          found.push(`${file}: ${image.kind.name}, crit has ${magic}`)
        } else {
          const ours = CritForm.entriesOf(image)
          found.push(...CritForm.differences(ours, entries).map((one) => `${file}: entry ${one}`))
          if (JSON.stringify(ours).includes(`"unknown":`)) found.push(`${file}: it has unknown fields`)
          if (!bytes.equals(ImageFile.write(image.kind, image.entries, image.head))) {
            found.push(`${file}: it is not written as CRIU wrote it`)
          }
        }
      }
    }
    expect(found).toEqual([])
    expect(lines.length).toBeGreaterThan(10)
    const news = lines.filter(({ magic }) => magic !== undefined && !asked.has(magic))
    for (const { magic } of news) asked.add(magic ?? "")
    yield* Oracle.agrees([...new Map(news.map(({ file, magic }) => [magic, `${folder}/${file}`])).values()])
  })

describe("every image is read as crit reads it", () => {
  it.scopedLive.each(Object.entries(subjects))("%s", ([, recipe]) =>
    Effect.gen(function* () {
      const subject = yield* Dump.start(recipe)
      yield* compare(yield* subject.dump("images"))
    }))
})
