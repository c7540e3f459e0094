/**
 * A container of runc in the lab that has touched so many MiB of memory and then counts, for as long as a scope is open.
 *
 * This file also holds the bare commands that the library is measured against.
 */
import { spawnSync, type SpawnSyncReturns } from "node:child_process"
import * as NodeFs from "node:fs"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

/** A container that runs. */
export interface TouchedContainer {
  readonly id: string
  readonly bundle: string
  /** On a real disk, of this container alone. */
  readonly scratch: string
}

/** The file of an answering container's root whose times it sets, about a thousand times a second: it never opens it. */
export const answer = "tmp/answer"

/** Makes a container and waits until its memory is touched. `scratch` is a folder on a real disk. */
export const make = (scratch: string, mebibytes: number, answering = false, random = false) =>
  Effect.acquireRelease(
    Effect.gen(function* () {
      const container = { id: `touched-${mebibytes}`, bundle: `${scratch}/bundle-${mebibytes}`, scratch }
      yield* Effect.sync(() => makeBundle(container.bundle, mebibytes, answering, random))
      yield* must("runc", ["run", "--detach", "--bundle", container.bundle, container.id])
      yield* Effect.retry(
        Effect.filterOrFail(
          Effect.sync(() => residentMebibytes(firstProcess(container.id))),
          (resident) => resident >= mebibytes,
          () => "not yet" as const
        ),
        Schedule.spaced("20 millis").pipe(Schedule.intersect(Schedule.recurs(1000)))
      )
      return container satisfies TouchedContainer
    }),
    end
  )

/** Kills a container and lets the runtime forget it. */
export function end({ id }: TouchedContainer): Effect.Effect<void> {
  return Effect.sync(() => {
    spawnSync("runc", ["delete", "--force", id], { stdio: "ignore" })
  })
}

/** The bare checkpoint, into a folder that it makes. */
export const bareCheckpoint = ({ id }: TouchedContainer, folder: string) =>
  must("runc", [
    "checkpoint",
    "--leave-running",
    "--image-path",
    `${folder}/images`,
    "--work-path",
    `${folder}/work`,
    id
  ])

/** The bare restore. */
export const bareRestore = ({ bundle, id }: TouchedContainer, imagePath: string, workPath: string) =>
  must("runc", ["restore", "--detach", "--bundle", bundle, "--image-path", imagePath, "--work-path", workPath, id])

/** Makes what lies below a folder durable, as a script would. */
export const bareSync = (folder: string) => must("sync", ["-f", folder])

/** Deletes a folder, and waits until the device has nothing left to do: what comes next starts from rest. */
export const sweep = (folder: string) =>
  Effect.sync(() => NodeFs.rmSync(folder, { recursive: true, force: true })).pipe(Effect.zipRight(must("sync", [])))

/** Runs a program without input and output; that it fails is a defect of the benchmark. */
export const must = (program: string, args: ReadonlyArray<string>): Effect.Effect<SpawnSyncReturns<string>> =>
  Effect.sync(() => spawnSync(program, args, { stdio: "ignore", encoding: "utf8" })).pipe(
    Effect.filterOrDieMessage(({ status }) => status === 0, `${program} ${args.join(" ")} failed`)
  )

/** A program of perl: touches so many MiB, filled with zeros or at random, and counts. */
export const counting = `
  my $s = ""; my $n = $ARGV[0] * 1048576; vec($s, $n - 1, 8) = 1;
  if ($ARGV[2]) { open(my $r, "<", "/dev/urandom"); sysread($r, $s, 1048576, $_ * 1048576) for 0 .. $ARGV[0] - 1 }
  while (1) { $i++; select(undef, undef, undef, $ARGV[1] ? 0.001 : 0.05); utime(undef, undef, $ARGV[1]) if $ARGV[1] }
`

/** Fills a root with perl, which every Debian has, and what it is linked with. */
export const fillRoot = (root: string): void => {
  for (const folder of ["tmp", "proc", "dev", "sys", "usr/bin"]) {
    NodeFs.mkdirSync(`${root}/${folder}`, { recursive: true })
  }
  const { stdout } = spawnSync("ldd", ["/usr/bin/perl"], { encoding: "utf8" })
  const libraries = [...stdout.matchAll(/(\/\S+) \(/g)].flatMap(([, path]) => path === undefined ? [] : [path])
  for (const path of ["/usr/bin/perl", ...libraries]) {
    const copy = `${root}${path}`
    NodeFs.mkdirSync(copy.slice(0, copy.lastIndexOf("/")), { recursive: true })
    NodeFs.copyFileSync(path, copy)
  }
}

const makeBundle = (bundle: string, mebibytes: number, answering: boolean, random: boolean): void => {
  const root = `${bundle}/rootfs`
  fillRoot(root)
  spawnSync("runc", ["spec", "--bundle", bundle], { stdio: "ignore" })
  const spec = JSON.parse(NodeFs.readFileSync(`${bundle}/config.json`, "utf8"))
  Object.assign(spec.process, {
    terminal: false,
    args: ["/usr/bin/perl", "-e", counting, String(mebibytes), answering ? `/${answer}` : "", random ? "random" : ""]
  })
  NodeFs.writeFileSync(`${root}/${answer}`, "")
  spec.root.readonly = false
  NodeFs.writeFileSync(`${bundle}/config.json`, JSON.stringify(spec))
}

const firstProcess = (id: string): string =>
  /"pid": (\d+)/.exec(spawnSync("runc", ["state", id], { encoding: "utf8" }).stdout)?.[1] ?? ""

/** The resident memory of a process. */
export const residentMebibytes = (pid: string): number => {
  const status = NodeFs.readFileSync(`/proc/${pid}/status`, "utf8")
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
}
