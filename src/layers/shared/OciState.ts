/**
 * The state that runc and crun keep of a container, read as one shape: runc's `state.json`, crun's `status`
 * with the `config.json` beside it.
 *
 * Pure. Fields that are not needed are not looked at.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"

/** What a runtime knows of a container. */
export interface OciState {
  readonly id: string
  readonly pid: number
  /** Of its first process, in clock ticks since boot. */
  readonly startTime: number
  readonly bundle: string
  /** The root file system, absolute. */
  readonly rootfs: string
  /** The cgroup that can be frozen, as a folder. */
  readonly cgroup: string | undefined
  readonly annotations: Readonly<Record<string, string>>
}

const RuncState = Schema.parseJson(Schema.Struct({
  id: Schema.String,
  init_process_pid: Schema.Int,
  init_process_start: Schema.Number,
  config: Schema.Struct({
    rootfs: Schema.String,
    labels: Schema.optionalWith(Schema.Array(Schema.String), { nullable: true })
  }),
  cgroup_paths: Schema.optionalWith(Schema.Record({ key: Schema.String, value: Schema.String }), { nullable: true })
}))

const CrunStatus = Schema.parseJson(Schema.Struct({
  pid: Schema.Int,
  "process-start-time": Schema.Number,
  "cgroup-path": Schema.optionalWith(Schema.String, { nullable: true }),
  rootfs: Schema.optionalWith(Schema.String, { nullable: true }),
  bundle: Schema.String
}))

const decodeRunc = Schema.decodeEither(RuncState)
const decodeCrun = Schema.decodeEither(CrunStatus)

/** Reads runc's `state.json`. */
export const fromRunc = (text: string): Either.Either<OciState, string> =>
  Either.mapBoth(decodeRunc(text), {
    onLeft: (error) => error.message,
    onRight: (state) => {
      const labels = readLabels(state.config.labels ?? [])
      const { bundle = "", ...annotations } = labels
      return {
        id: state.id,
        pid: state.init_process_pid,
        startTime: state.init_process_start,
        bundle,
        rootfs: state.config.rootfs,
        // Version 2 of cgroups has one path without a name; of version 1 the freezer's is the one.
        cgroup: state.cgroup_paths?.[""] ?? state.cgroup_paths?.["freezer"],
        annotations
      }
    }
  })

/**
 * Reads crun's `status`.
 *
 * @param annotations those of the spec that crun keeps beside it
 * @param cgroups where cgroups that can be frozen are mounted
 */
export const fromCrun = (
  id: string,
  text: string,
  annotations: Readonly<Record<string, string>>,
  cgroups: string
): Either.Either<OciState, string> =>
  Either.mapBoth(decodeCrun(text), {
    onLeft: (error) => error.message,
    onRight: (status) => ({
      id,
      pid: status.pid,
      startTime: status["process-start-time"],
      bundle: status.bundle,
      rootfs: absolute(status.bundle, status.rootfs ?? "rootfs"),
      cgroup: status["cgroup-path"] === undefined || status["cgroup-path"] === ""
        ? undefined
        : absolute(cgroups, status["cgroup-path"].replace(/^\//, "")),
      annotations
    })
  })

/** A path as seen from a folder. */
export const absolute = (folder: string, path: string): string => path.startsWith("/") ? path : `${folder}/${path}`

/** What makes it the same container across stops and restores: its bundle and its root file system. */
export const identity = (state: Pick<OciState, "bundle" | "rootfs">): string => `${state.bundle} ${state.rootfs}`

/** The names that both runtimes accept; no other is looked up, so none leads out of the state folder. */
export const isId = (reference: string): boolean =>
  /^[\w+.-]+$/.test(reference) && reference !== "." && reference !== ".."

/** runc's labels are `key=value`; it adds `bundle` to the annotations of the spec. */
const readLabels = (labels: ReadonlyArray<string>): Record<string, string> =>
  Object.fromEntries(labels.map((label) => {
    const at = label.indexOf("=")
    return at < 0 ? [label, ""] : [label.slice(0, at), label.slice(at + 1)]
  }))
