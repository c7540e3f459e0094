// Every example on the in-memory layer runs, in Node.js and in Deno, and prints what it says it does.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { inDeno, inNode, root } from "./Example.ts"

const printed: Record<string, RegExp> = {
  memory: new RegExp(
    "^made before-upgrade, the container is running\nthere is before-upgrade, complete\n" +
      "restored before-upgrade, the container is running\nleft are 0\n$"
  ),
  progress: /^( {2}0% \w+\n)*(100% \w+\n)*100% done\nnightly is complete, the operation succeeded\n$/,
  "property-test": /^100 attempts, [1-9]\d* failed, [1-9]\d* succeeded: no container and no checkpoint was lost\n$/
}

describe("the examples", () => {
  it("are all tried here or in the lab", () => {
    const names = readdirSync(join(root, "examples")).filter((file) => file.endsWith(".ts")).map((file) =>
      file.slice(0, -3)
    )
    expect(names.sort()).toEqual([...Object.keys(printed), "processes.lab", "runc.lab"].sort())
  })

  it("swap the world in one line and its import, and move nothing else", () => {
    const lines = (name: string) => readFileSync(join(root, "examples", `${name}.ts`), "utf8").split("\n").slice(1)
    const [memory, runc] = [lines("memory"), lines("runc.lab")]
    const changed = memory.flatMap((line, index) => line === runc[index] ? [] : [runc[index]])
    expect(runc.length).toBe(memory.length)
    expect(changed).toEqual([
      `import * as Oci from "stasis/Oci"`,
      `await Effect.runPromise(program.pipe(Effect.provide(Oci.layer({ runtime: "runc" }))))`
    ])
  })

  for (const [name, expected] of Object.entries(printed)) {
    it(`${name} runs in Node.js`, () => {
      const ended = inNode(name)
      expect(ended).toMatchObject({ status: 0, stderr: "" })
      expect(ended.stdout).toMatch(expected)
    })

    it(`${name} runs in Deno, which does not let it do any IO`, () => {
      const ended = inDeno(name, ["--allow-sys=uid,gid"])
      expect(ended).toMatchObject({ status: 0, stderr: "" })
      expect(ended.stdout).toMatch(expected)
    })
  }
})
