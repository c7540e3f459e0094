// The pure parts of a restore: the annotation, the streams, and the layers of a root file system.
import { describe, expect, it } from "@effect/vitest"
import * as ContainerdBundle from "../../../src/layers/containerd/ContainerdBundle.ts"
import * as ContainerdRootfs from "../../../src/layers/containerd/ContainerdRootfs.ts"
import * as ContainerdStreams from "../../../src/layers/containerd/ContainerdStreams.ts"
import * as Wire from "../../../src/layers/containerd/Wire.ts"

describe("ContainerdBundle.annotate", () => {
  it("puts an annotation behind what is there, and leaves every byte of that", () => {
    const spec = '{"process":{"rlimits":[{"hard":18446744073709551615}]},"annotations":{"a":"b"}}'
    const annotated = ContainerdBundle.annotate(`${spec}\n`, '/some/"quoted"/criu.conf')
    expect(annotated.startsWith(spec.slice(0, -1))).toBe(true)
    expect(JSON.parse(annotated)).toMatchObject({ annotations: { "org.criu.config": '/some/"quoted"/criu.conf' } })
  })
})

describe("ContainerdStreams", () => {
  const fifos = { stdin: "/f/in", stdout: "/f/out", stderr: "/f/err", terminal: false }

  it("keeps fifos that are there and URIs, and gives those that are gone to nobody", () => {
    expect(ContainerdStreams.forRestore(fifos, () => true)).toEqual(fifos)
    const logged = { ...fifos, stdout: "binary:///log", stderr: "binary:///log" }
    expect(ContainerdStreams.forRestore(logged, () => false)).toEqual(logged)
    expect(ContainerdStreams.forRestore(fifos, (path) => path !== "/f/err"))
      .toEqual({ ...fifos, stdout: "file:///dev/null", stderr: "file:///dev/null" })
  })

  it("says which input has to be made again", () => {
    expect(ContainerdStreams.missingInput(fifos, () => false)).toBe("/f/in")
    expect(ContainerdStreams.missingInput(fifos, () => true)).toBeUndefined()
    expect(ContainerdStreams.missingInput({ ...fifos, stdin: "" }, () => false)).toBeUndefined()
  })

  it("reads what was kept, and none where that is no record", () => {
    expect(ContainerdStreams.parse(JSON.stringify(fifos))).toEqual(fifos)
    const none = { stdin: "", stdout: "", stderr: "", terminal: false }
    for (const text of [undefined, "", "{}", "null"]) expect(ContainerdStreams.parse(text)).toEqual(none)
  })
})

describe("ContainerdRootfs.layers", () => {
  const mount = (type: string, source: string, ...options: ReadonlyArray<string>) =>
    Wire.write({ 1: type, 2: source, 4: options })

  it.each([
    [[mount("overlay", "overlay", "workdir=/w", "upperdir=/u", "lowerdir=/a:/b")], ["/u", "/a", "/b"]],
    [[mount("overlay", "overlay", "lowerdir=/a:/b")], ["/a", "/b"]],
    [[mount("bind", "/whole", "rbind", "rw")], ["/whole"]],
    [[mount("ext4", "/dev/mapper/x")], undefined],
    [[], undefined]
  ])("%#", (mounts, expected) => {
    expect(ContainerdRootfs.layers(mounts)).toEqual(expected)
  })
})
