/**
 * The calls of containerd's API that are made, each with the fields that are needed of its messages. They are numbered as in
 * containerd's own definitions: `api/services/{containers,tasks,snapshots,version}/v1/*.proto` and `api/types/task/task.proto`.
 *
 * Pure: nothing is called here. Fields that are not needed are not looked at.
 */
import * as RuncOptions from "./RuncOptions.ts"
import * as Wire from "./Wire.ts"

/** One call: where it goes, and how what is sent is written and what comes back is read. */
export interface Method<I, O> {
  /** Service and method, as gRPC has them in a path. */
  readonly path: string
  readonly write: (request: I) => Uint8Array
  /** Throws where the bytes are no such message. */
  readonly read: (response: Uint8Array) => O
}

/** A container as containerd keeps it, whether it runs or not (`Container` of `containers.proto`). */
export interface Metadata {
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
  readonly image: string
  /** The runtime's name, e.g. `io.containerd.runc.v2`, and the options that its tasks are created with. */
  readonly runtime: string
  readonly runtimeOptions: RuncOptions.Any
  /** The OCI specification, as text. */
  readonly spec: string
  readonly snapshotter: string
  /** Empty where its root file system is no snapshot. */
  readonly snapshotKey: string
  /** Nanoseconds since 1970. */
  readonly created: bigint
}

/** What a task does (`Status` of `task.proto`); `unknown` while its shim does not answer, as during a checkpoint. */
type TaskStatus = "unknown" | "created" | "running" | "stopped" | "paused" | "pausing"

/** A container that was started (`Process` of `task.proto`). */
export interface Task {
  readonly id: string
  /** 0 where none was started yet. */
  readonly pid: number
  readonly status: TaskStatus
  readonly streams: Streams
}

/** What a task's standard streams are connected to: fifos, URIs, or nothing where empty. */
export interface Streams {
  readonly stdin: string
  readonly stdout: string
  readonly stderr: string
  readonly terminal: boolean
}

/** Gives the container of an id. */
export const getContainer: Method<{ readonly id: string }, Metadata> = {
  path: "/containerd.services.containers.v1.Containers/Get",
  write: ({ id }) => Wire.write({ 1: id }),
  read: (bytes) => readMetadata(Wire.read(bytes).bytes(1))
}

/** Gives all containers of the namespace. */
export const listContainers: Method<void, ReadonlyArray<Metadata>> = {
  path: "/containerd.services.containers.v1.Containers/List",
  write: () => Wire.write({}),
  read: (bytes) => Wire.read(bytes).all(1).map(readMetadata)
}

/** What a task is created with. */
export interface Creation {
  readonly id: string
  readonly streams: Streams
  /** Mounts of the root file system, as {@link mounts} gives them. */
  readonly rootfs: ReadonlyArray<Uint8Array>
  readonly options: RuncOptions.Any
}

const tasks = "/containerd.services.tasks.v1.Tasks"

const ofTask = (method: string): Method<{ readonly id: string }, void> => ({
  path: `${tasks}/${method}`,
  write: ({ id }) => Wire.write({ 1: id }),
  read: () => {}
})

/** Gives the task of a container. */
export const getTask: Method<{ readonly id: string }, Task> = {
  ...ofTask("Get"),
  read: (bytes) => readTask(Wire.read(bytes).bytes(1))
}

/** Gives all tasks of the namespace. */
export const listTasks: Method<void, ReadonlyArray<Task>> = {
  path: `${tasks}/List`,
  write: () => Wire.write({}),
  read: (bytes) => Wire.read(bytes).all(1).map(readTask)
}

/** Creates a task; it is started apart. */
export const createTask: Method<Creation, void> = {
  path: `${tasks}/Create`,
  write: ({ id, options, rootfs, streams }) =>
    Wire.write({
      1: id,
      3: rootfs,
      4: streams.stdin,
      5: streams.stdout,
      6: streams.stderr,
      7: streams.terminal,
      9: RuncOptions.writeAny(options)
    }),
  read: () => {}
}

/** Starts a task that was created. */
export const startTask = ofTask("Start")
/** Removes a task that does not run, and what is kept of it. */
export const deleteTask = ofTask("Delete")
/** Freezes a task. */
export const pauseTask = ofTask("Pause")
/** Lets a paused task go on. */
export const resumeTask = ofTask("Resume")

/** Sends a signal to the first process of a task, or to all of them. */
export const killTask: Method<{ readonly id: string; readonly signal: number; readonly all: boolean }, void> = {
  path: `${tasks}/Kill`,
  write: ({ all, id, signal }) => Wire.write({ 1: id, 3: signal, 4: all }),
  read: () => {}
}

/** Dumps a task; with an image path, nothing is put into the content store. */
export const checkpointTask: Method<{ readonly id: string; readonly options: RuncOptions.CheckpointOptions }, void> = {
  path: `${tasks}/Checkpoint`,
  write: ({ id, options }) => Wire.write({ 1: id, 3: RuncOptions.writeAny(RuncOptions.checkpoint(options)) }),
  read: () => {}
}

/** Gives the mounts that make up the root file system of a snapshot: messages that {@link createTask} takes as they are. */
export const mounts: Method<{ readonly snapshotter: string; readonly key: string }, ReadonlyArray<Uint8Array>> = {
  path: "/containerd.services.snapshots.v1.Snapshots/Mounts",
  write: ({ key, snapshotter }) => Wire.write({ 1: snapshotter, 2: key }),
  read: (bytes) => Wire.read(bytes).all(1)
}

/** Gives containerd's version. */
export const version: Method<void, string> = {
  path: "/containerd.services.version.v1.Version/Version",
  write: () => Wire.write({}),
  read: (bytes) => Wire.read(bytes).text(1)
}

const readMetadata = (bytes: Uint8Array): Metadata => {
  const found = Wire.read(bytes)
  const runtime = Wire.read(found.bytes(4))
  const created = Wire.read(found.bytes(8))
  return {
    id: found.text(1),
    labels: found.texts(2),
    image: found.text(3),
    runtime: runtime.text(1),
    runtimeOptions: RuncOptions.readAny(runtime.bytes(2)),
    spec: new TextDecoder().decode(RuncOptions.readAny(found.bytes(5)).value),
    snapshotter: found.text(6),
    snapshotKey: found.text(7),
    created: BigInt(created.number(1)) * 1_000_000_000n + BigInt(created.number(2))
  }
}

const statuses: ReadonlyArray<TaskStatus> = ["unknown", "created", "running", "stopped", "paused", "pausing"]

const readTask = (bytes: Uint8Array): Task => {
  const found = Wire.read(bytes)
  return {
    // Field 1 is meant for processes that were started beside the first one, and is empty of a task.
    id: found.text(2) === "" ? found.text(1) : found.text(2),
    pid: found.number(3),
    status: statuses[found.number(4)] ?? "unknown",
    streams: { stdin: found.text(5), stdout: found.text(6), stderr: found.text(7), terminal: found.flag(8) }
  }
}
