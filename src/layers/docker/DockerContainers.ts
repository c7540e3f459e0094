/**
 * What the Docker daemon tells of a container, and what a container is by it.
 *
 * Pure. Only what is needed is read; what Docker 26 tells (`null` for an empty list or map included) is what the schemas take.
 * Source: Docker Engine API v1.45, `ContainerInspect` and `ContainerList`.
 */
import * as Schema from "effect/Schema"
import type { Container, ContainerState, ProcessIdentity } from "../../domain/Container.ts"

const text = Schema.optionalWith(Schema.String, { nullable: true, default: () => "" })
const flag = Schema.optionalWith(Schema.Boolean, { nullable: true, default: () => false })
const folder = Schema.optionalWith(Schema.String, { nullable: true })
const texts = Schema.optionalWith(Schema.Record({ key: Schema.String, value: Schema.String }), {
  nullable: true,
  default: () => ({})
})

/** One container, whole (`GET /containers/{id}/json`). */
export const Inspected = Schema.Struct({
  Id: Schema.String,
  /** With a slash before it. */
  Name: text,
  /** RFC 3339. */
  Created: text,
  /** The id of the image. */
  Image: text,
  Config: Schema.Struct({
    /** The image as it was named. */
    Image: text,
    Labels: texts,
    Tty: flag,
    /** What is run to see whether it is well; `["NONE"]` where the image's own check is switched off. */
    Healthcheck: Schema.optionalWith(
      Schema.Struct({ Test: Schema.optionalWith(Schema.Array(Schema.String), { nullable: true }) }),
      { nullable: true }
    )
  }),
  State: Schema.Struct({
    Status: Schema.String,
    Running: flag,
    Paused: flag,
    Restarting: flag,
    /** As the daemon's host sees it; 0 where there is no process. */
    Pid: Schema.Int,
    ExitCode: Schema.optionalWith(Schema.Int, { nullable: true, default: () => 0 }),
    Health: Schema.optionalWith(Schema.Struct({ Status: text }), { nullable: true })
  }),
  HostConfig: Schema.Struct({
    AutoRemove: flag,
    RestartPolicy: Schema.optionalWith(
      Schema.Struct({
        Name: text,
        MaximumRetryCount: Schema.optionalWith(Schema.Int, { nullable: true, default: () => 0 })
      }),
      { nullable: true, default: () => ({ Name: "no", MaximumRetryCount: 0 }) }
    ),
    /** The name of the runtime, see {@link Info}; empty for the default one. */
    Runtime: text,
    NetworkMode: text,
    PidMode: text,
    IpcMode: text,
    Privileged: flag
  }),
  /** Absent where the daemon keeps images and containers in containerd's store. */
  GraphDriver: Schema.optionalWith(
    Schema.Struct({
      /** Folders of overlay file systems; other drivers tell other things, or nothing. */
      Data: Schema.optionalWith(
        Schema.Struct({ MergedDir: folder, UpperDir: folder, LowerDir: folder }),
        { nullable: true, default: () => ({}) }
      )
    }),
    { nullable: true }
  ),
  Mounts: Schema.optionalWith(
    Schema.Array(Schema.Struct({
      Type: text,
      Name: Schema.optionalWith(Schema.String, { nullable: true }),
      Source: text,
      Destination: text,
      RW: flag
    })),
    { nullable: true, default: () => [] }
  )
})
/** One container, whole. */
export type Inspected = typeof Inspected.Type

/** One container in a list (`GET /containers/json`). */
export const Listed = Schema.Struct({
  Id: Schema.String,
  /** Each with a slash before it; those with more slashes are what linked containers call it. */
  Names: Schema.optionalWith(Schema.Array(Schema.String), { nullable: true, default: () => [] })
})
/** One container in a list. */
export type Listed = typeof Listed.Type

/** The state that a status means; a status that is not known is that of no process. */
const stateOf = ({ Status }: Inspected["State"]): ContainerState => {
  switch (Status) {
    case "created":
    case "running":
    case "paused":
    case "restarting":
      return Status
    default:
      return "stopped"
  }
}

/**
 * What a container is. `place` is what only this machine can tell, where the daemon is here: the first process's incarnation, and
 * the folder that the daemon keeps for it.
 */
export const describe = (
  inspected: Inspected,
  place: { readonly process?: ProcessIdentity; readonly root?: string }
): Container => {
  const state = stateOf(inspected.State)
  const name = withoutSlash(inspected.Name)
  const image = inspected.Config.Image === "" ? inspected.Image : inspected.Config.Image
  return {
    id: inspected.Id,
    ...(name === "" ? {} : { name }),
    state,
    labels: inspected.Config.Labels,
    ...(image === "" ? {} : { image }),
    identity: identityOf(inspected.Id),
    ...(place.process === undefined || (state !== "running" && state !== "paused") ? {} : { process: place.process }),
    ...(place.root === undefined ? {} : { root: place.root })
  }
}

/** As much of it as finding one takes. */
export const summarize = ({ Id, Names }: Listed): Container => {
  const name = Names.map(withoutSlash).find((one) => one !== "" && !one.includes("/"))
  return { id: Id, ...(name === undefined ? {} : { name }), state: "stopped", labels: {}, identity: identityOf(Id) }
}

/** What makes it the same container across stops and restores: Docker gives no id twice. */
const identityOf = (id: string): string => `docker ${id}`

/** Whether this is a whole id; only such a one is looked up as it is, for the daemon takes names and beginnings as well. */
export const isId = (reference: string): boolean => /^[0-9a-f]{64}$/.test(reference)

const withoutSlash = (name: string): string => name.startsWith("/") ? name.slice(1) : name
