/**
 * The shim of containerd that stands above a container's first process, and what it tells of the runtime beneath: Docker and
 * containerd both start containers that way.
 *
 * It looks and never acts.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Place } from "./Beneath.ts"
import * as KernelFile from "./KernelFile.ts"
import * as Proc from "./Proc.ts"

/** A shim. */
export interface Shim {
  readonly pid: number
  /** The container's OCI bundle; its `config.json` is the specification. */
  readonly bundle: string
  readonly namespace: string
  /** The runtime beneath; `undefined` where it is none that is known. */
  readonly place: Place | undefined
}

/** The shim above the first process of a container; none where another program is, or it may not be looked at. */
export const above = (pid: number, container: string): Option.Option<Shim> => {
  const parent = Number(/^PPid:\s+(\d+)$/m.exec(KernelFile.read(`/proc/${pid}/status`) ?? "")?.[1] ?? 0)
  const args = Proc.argumentsOf(parent)
  if (!isShim(args)) return Option.none()
  const namespace = args[args.indexOf("-namespace") + 1]
  const folder = KernelFile.link(`/proc/${parent}/cwd`)
  if (namespace === undefined || folder === undefined) return Option.none()
  // The shim of a pod has several containers, and stands in the folder of the first.
  const bundle = `${folder.slice(0, folder.lastIndexOf("/"))}/${container}`
  const options = Either.getOrElse(decode(KernelFile.read(`${bundle}/options.json`) ?? "{}"), () => ({}))
  return Option.some({ pid: parent, bundle, namespace, place: placeOf(options, namespace, container) })
}

/**
 * Waits, as {@link awaitWork}, for the shim of a container wherever it is: above its first process, where there is one, or without one,
 * for a restore that an engine has under way. Whether nothing is at work for it any more.
 */
export const settle = (container: string, pid: number | undefined): Effect.Effect<boolean> =>
  Effect.suspend(() => {
    const shim = pid === undefined ? undefined : Option.getOrUndefined(above(pid, container))?.pid
    const found = shim ?? find(container)
    return found === undefined ? Effect.succeed(true) : awaitWork({ pid: found }, container, pid)
  })

/** The shim that was started for a container. */
const find = (container: string): number | undefined =>
  Proc.all().find((pid) => {
    const args = Proc.argumentsOf(pid)
    return isShim(args) && args[args.indexOf("-id") + 1] === container
  })

/**
 * Waits until no runtime works for a container below its shim any more: whoever asked for that may be gone, while it goes
 * on. Whether that was so within about ten minutes.
 *
 * @param first the container's first process, a child of the shim that does no such work
 */
const awaitWork = (shim: Pick<Shim, "pid">, container: string, first?: number): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    for (let turn = 0; turn < 24_000; turn++) {
      if (!isAtWork(shim, container, first)) return true
      yield* Effect.sleep(25)
    }
    return false
  })

const isAtWork = ({ pid }: Pick<Shim, "pid">, container: string, first: number | undefined): boolean =>
  children(pid).some((child) => {
    const args = Proc.argumentsOf(child)
    return child !== first &&
      (isCriu(args) || (args.includes(container) && (args.includes("checkpoint") || args.includes("restore"))))
  })

/** One whose runtime was ended is its shim's. */
const isCriu = (args: ReadonlyArray<string>): boolean => args[0]?.split("/").at(-1) === "criu" && args.includes("swrk")

const isShim = (args: ReadonlyArray<string>): boolean => /\/?containerd-shim-runc-v\d+$/.test(args[0] ?? "")

const children = (pid: number): ReadonlyArray<number> =>
  (KernelFile.names(`/proc/${pid}/task`) ?? []).flatMap((thread) =>
    (KernelFile.read(`/proc/${pid}/task/${thread}/children`) ?? "").split(" ").filter((one) => one !== "").map(Number)
  )

const placeOf = (
  { binary_name: program = "runc", root = "/run/containerd/runc" }: typeof Options.Type,
  namespace: string,
  container: string
): Place | undefined => {
  const runtime = (["runc", "crun"] as const).find((name) => name === (program || "runc").split("/").at(-1))
  const at = `${root || "/run/containerd/runc"}/${namespace}`
  return runtime === undefined || !KernelFile.isFolder(`${at}/${container}`)
    ? undefined
    : { runtime, program: program || "runc", root: at }
}

/** What containerd hands a shim for its runtime (`runtime/v2/runc/options`). */
const Options = Schema.Struct({
  binary_name: Schema.optional(Schema.String),
  root: Schema.optional(Schema.String)
})

const decode = Schema.decodeEither(Schema.parseJson(Options))
