/** The namespaces of the processes (namespaces(7)), and what the images say of each. */
import * as Schema from "effect/Schema"

const IdRange = Schema.Struct({
  /** In the namespace. */
  first: Schema.Number,
  /** In its parent. */
  outside: Schema.Number,
  count: Schema.Number
}).annotations({ identifier: "IdRange" })

/** Objects of System V, of one kind (sysvipc(7)). */
const IpcCounts = Schema.Struct({
  sharedMemory: Schema.Struct({ segments: Schema.Number, bytes: Schema.Number }),
  messages: Schema.Struct({ queues: Schema.Number, messages: Schema.Number }),
  semaphores: Schema.Struct({ sets: Schema.Number, semaphores: Schema.Number })
}).annotations({ identifier: "IpcCounts" })

/** A device of a network namespace. */
export const NetworkDevice = Schema.Struct({
  index: Schema.Number,
  name: Schema.String,
  /** Such as `veth`; one without a name is its number. */
  type: Schema.String,
  mtu: Schema.Number,
  isUp: Schema.Boolean,
  /** Such as `02:42:ac:11:00:02`. */
  address: Schema.optional(Schema.String)
}).annotations({ identifier: "NetworkDevice" })
/** A device of a network namespace. */
export type NetworkDevice = typeof NetworkDevice.Type

const ClockReading = Schema.Struct({ seconds: Schema.Number, nanoseconds: Schema.Number }).annotations({
  identifier: "ClockReading"
})

/** A namespace. What its images do not say, or are not there to say, is left out. */
export const Namespace = Schema.Struct({
  /** `pid`, `net`, `ipc`, `uts`, `mnt`, `user`, `cgroup`, `time`. */
  type: Schema.String,
  /** CRIU's id of it. */
  id: Schema.Number,
  /** It is that of CRIU itself, and so no namespace of the container. */
  isOutside: Schema.Boolean,
  /** The pids of those in it. */
  processes: Schema.Array(Schema.Number),
  /** Whoever restores gives the namespace, by this name. */
  externalKey: Schema.optional(Schema.String),
  /** Of a `uts` one. */
  hostname: Schema.optional(Schema.String),
  domainname: Schema.optional(Schema.String),
  /** Of a `time` one: what its clocks said. */
  clocks: Schema.optional(Schema.Struct({ monotonic: ClockReading, boottime: ClockReading })),
  /** Of a `user` one. */
  userMap: Schema.optional(Schema.Array(IdRange)),
  groupMap: Schema.optional(Schema.Array(IdRange)),
  /** Of an `ipc` one. */
  ipc: Schema.optional(IpcCounts),
  /** Of a `net` one. */
  devices: Schema.optional(Schema.Array(NetworkDevice))
}).annotations({ identifier: "Namespace" })
/** A namespace. */
export type Namespace = typeof Namespace.Type
