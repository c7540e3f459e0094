// `npm run build`: `dist/`, which is what the package ships. JavaScript with declarations and maps for the library, and the
// command line as one file, for a quick start.
import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { build } from "esbuild"
import { bundling } from "./bundle.mjs"
import { root, run } from "./children.mjs"

const dist = join(root, "dist")

await rm(dist, { recursive: true, force: true })

const compiled = await run("tsc", ["-p", "tsconfig.build.json", "--pretty", "false"])
if (compiled.code !== 0) {
  console.error(compiled.output)
  process.exit(1)
}

// The compiler leaves `.ts` in the imports of declarations, where Deno looks for exactly that file.
const declarations = (await readdir(dist, { recursive: true })).filter((file) => file.endsWith(".d.ts"))
for (const file of declarations) {
  const text = await readFile(join(dist, file), "utf8")
  await writeFile(join(dist, file), text.replace(/((?:from|import\() ?"\.{1,2}\/[^"]+)\.ts"/g, '$1.js"'))
}

const program = join(dist, "bin", "stasis.js")
const bundle = await build({
  stdin: { contents: `import "./src/cli/main.ts"`, resolveDir: root },
  outfile: program,
  ...bundling,
  // Paths in the bundle are those of the project, wherever its dependencies are linked to.
  absWorkingDir: root,
  preserveSymlinks: true,
  metafile: true
})
await chmod(program, 0o755)

// The one file holds the code of other packages, whose licences ask to be passed on with it.
const packages = new Set(
  Object.keys(bundle.metafile.inputs).flatMap((file) =>
    file.match(/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []
  )
)
const licences = await Promise.all(
  [...packages].sort().map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(join(root, folder, "package.json"), "utf8"))
    const file = (await readdir(join(root, folder))).find((entry) => /^licen[cs]e/i.test(entry))
    const text = file === undefined ? "" : await readFile(join(root, folder, file), "utf8")
    return `${name} ${version} (${license})\n\n${text.trim()}\n`
  })
)
await writeFile(`${program}.licenses.txt`, licences.join(`\n${"-".repeat(80)}\n\n`))
