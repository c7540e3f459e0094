// The examples in docstrings: each type-checks, runs, and prints what the comment behind each `console.log` says.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { build } from "esbuild"
import { describe, expect, it } from "@effect/vitest"
import { bundling } from "../../scripts/bundle.mjs"
import { root, run } from "./Example.ts"

interface Snippet {
  readonly name: string
  readonly code: string
  /** What it prints, line by line. */
  readonly prints: ReadonlyArray<string>
}

/** The fenced blocks behind every `@example` of a file. */
const snippetsOf = (file: string): ReadonlyArray<Snippet> => {
  const text = readFileSync(join(root, "src", file), "utf8")
  const fenced = [...text.matchAll(/^ *\* @example\n *\* ```ts\n((?: *\*.*\n)*?) *\* ```/gm)]
  return fenced.map(([, block = ""], index) => {
    const code = block.replace(/^ *\* ?/gm, "")
    return {
      name: `${file.replaceAll("/", "-").replace(/\.ts$/, "")}-${index + 1}`,
      code,
      prints: [...code.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map(([, comment = ""]) => comment)
    }
  })
}

const snippets = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .sort()
  .flatMap(snippetsOf)

const folder = join(root, ".cache", "docstrings")
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
for (const { code, name } of snippets) writeFileSync(join(folder, `${name}.ts`), code)

describe("the examples in docstrings", () => {
  it("are found", () => {
    const marked = run("grep", ["-rhc", "^ *\\* @example", "src"]).stdout.trim().split("\n").map(Number)
    expect(snippets.length).toBe(marked.reduce((sum, count) => sum + count, 0))
    expect(snippets.length).toBeGreaterThan(4)
  })

  it("type-check", () => {
    const config = {
      extends: "../../tsconfig.json",
      compilerOptions: { noUnusedLocals: false, skipLibCheck: true, plugins: [] },
      include: ["*.ts"],
      exclude: []
    }
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config))
    const ended = run(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", folder])
    expect(ended.stdout).toBe("")
    expect(ended.status).toBe(0)
  })

  it.each(snippets)("$name runs and prints what it says", async ({ name, prints }) => {
    const outfile = join(folder, `${name}.js`)
    const alias = {
      "stasis/HookCommand": join(root, "src/layers/shared/HookCommand.ts"),
      "stasis/Memory": join(root, "src/layers/memory/Memory.ts"),
      "stasis/Containerd": join(root, "src/layers/containerd/Containerd.ts"),
      "stasis/Docker": join(root, "src/layers/docker/Docker.ts"),
      "stasis/Criu": join(root, "src/layers/criu/Criu.ts"),
      "stasis/Oci": join(root, "src/layers/oci/Oci.ts"),
      stasis: join(root, "src/mod.ts")
    }
    await build({ ...bundling, alias, entryPoints: [join(folder, `${name}.ts`)], outfile })
    const ended = run(process.execPath, [outfile])
    expect(ended).toMatchObject({ status: 0, stderr: "" })
    expect(ended.stdout.replaceAll("'", '"')).toBe(prints.map((line) => `${line}\n`).join(""))
  })
})
