/** What a runtime, its CRIU and this kernel can do, and what to do about what they cannot. */
import * as Schema from "effect/Schema"

/** One thing that was looked at. */
export const Finding = Schema.Struct({
  /** What was looked at, e.g. `criu` or `kernel: soft-dirty tracking`. */
  subject: Schema.String,
  /** `missing` keeps every checkpoint from working; `limited` only what `detail` names. */
  verdict: Schema.Literal("ok", "limited", "missing"),
  /** What was found, with versions. */
  detail: Schema.String,
  /** What to do about it, where there is something to do. */
  remedy: Schema.optional(Schema.String)
})
/** One thing that was looked at. */
export type Finding = typeof Finding.Type

/** What a runtime, its CRIU and this kernel can do. */
export const Capabilities = Schema.Struct({
  runtime: Schema.String,
  /** The runtime's version, where it could be asked. */
  version: Schema.optional(Schema.String),
  /** CRIU's version, where there is one. */
  criu: Schema.optional(Schema.String),
  kernel: Schema.optional(Schema.String),
  findings: Schema.Array(Finding),
  /** Options that cannot be used, each with the reason. */
  unsupported: Schema.Record({ key: Schema.String, value: Schema.String })
})
/** What a runtime, its CRIU and this kernel can do. */
export type Capabilities = typeof Capabilities.Type

/** Whether checkpoints work at all. */
export const isAble = (capabilities: Capabilities): boolean =>
  capabilities.findings.every((finding) => finding.verdict !== "missing")
