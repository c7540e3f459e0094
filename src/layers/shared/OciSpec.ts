/**
 * The parts of an OCI runtime specification (a bundle's `config.json`) that a checkpoint depends on.
 *
 * Pure. The specification is kept whole as text; this is only what we look at.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { absolute } from "./OciState.ts"

const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { nullable: true })

const IdMapping = Schema.Struct({ containerID: Schema.Number, hostID: Schema.Number })

const Spec = Schema.parseJson(Schema.Struct({
  annotations: optional(Schema.Record({ key: Schema.String, value: Schema.String })),
  process: optional(Schema.Struct({ terminal: optional(Schema.Boolean) })),
  root: optional(Schema.Struct({ path: Schema.String })),
  mounts: optional(Schema.Array(Schema.Struct({
    destination: Schema.String,
    type: optional(Schema.String),
    source: optional(Schema.String),
    options: optional(Schema.Array(Schema.String))
  }))),
  linux: optional(Schema.Struct({
    cgroupsPath: optional(Schema.String),
    uidMappings: optional(Schema.Array(IdMapping)),
    gidMappings: optional(Schema.Array(IdMapping)),
    namespaces: optional(Schema.Array(Schema.Struct({ type: Schema.String, path: optional(Schema.String) })))
  }))
}))
/** A specification, as far as it is looked at. */
export type Spec = typeof Spec.Type

const decode = Schema.decodeEither(Spec)

/** Reads a `config.json`; the reason of a failure is one line or more. */
export const parse = (text: string): Either.Either<Spec, string> =>
  Either.mapLeft(decode(text), (error) => error.message)

/** The root file system of a bundle. */
export const rootOf = (spec: Spec, bundle: string): string => absolute(bundle, spec.root?.path ?? "rootfs")

/** The paths on the host that a container of this specification is made of, its root left out. */
export const hostPaths = (
  spec: Spec,
  bundle: string
): ReadonlyArray<{ readonly what: string; readonly path: string }> => [
  ...(spec.linux?.namespaces ?? []).flatMap(({ path, type }) =>
    path === undefined || path === "" ? [] : [{ what: `${type} namespace`, path }]
  ),
  ...binds(spec, bundle).map(({ destination, source }) => ({
    what: `source of the mount "${destination}"`,
    path: source
  }))
]

/** The mounts that come from paths on the host, each with where it is in the container. */
export const binds = (
  spec: Spec,
  bundle: string
): ReadonlyArray<{ readonly destination: string; readonly source: string }> =>
  (spec.mounts ?? []).flatMap((mount) =>
    isBind(mount) && mount.source !== undefined
      ? [{ destination: mount.destination, source: absolute(bundle, mount.source) }]
      : []
  )

/** The network namespace that is joined by its path, where there is one. */
export const networkPath = (spec: Spec): string | undefined =>
  (spec.linux?.namespaces ?? []).find(({ path, type }) => type === "network" && path !== undefined && path !== "")?.path

/** Where a path inside of the container lies on the host; `undefined` in a file system of the container's own. */
export const onHost = (spec: Spec, bundle: string, rootfs: string, path: string): string | undefined => {
  const inside = path.startsWith("/") ? path : `/${path}`
  const mount = (spec.mounts ?? [])
    .filter(({ destination }) => inside === destination || inside.startsWith(`${destination.replace(/\/$/, "")}/`))
    .sort((a, b) => b.destination.length - a.destination.length)[0]
  if (mount === undefined) return `${rootfs}${inside}`
  if (!isBind(mount) || mount.source === undefined) return undefined
  return `${absolute(bundle, mount.source)}${inside.slice(mount.destination.replace(/\/$/, "").length)}`
}

const isBind = (mount: { readonly type?: string | undefined; readonly options?: ReadonlyArray<string> | undefined }) =>
  mount.type === "bind" || (mount.options ?? []).some((option) => option === "bind" || option === "rbind")
