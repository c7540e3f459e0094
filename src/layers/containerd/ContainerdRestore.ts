/**
 * Restoring a container as a new task of it, by the images' path. When it fails, no task is left.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { encodeComponent } from "../../domain/CheckpointDirectory.ts"
import type { RuntimeFailed, RuntimeUnavailable, StorageFailed } from "../../domain/CheckpointError.ts"
import type { Container } from "../../domain/Container.ts"
import type { RestoreRequest } from "../../effects/Runtime.ts"
import * as Cgroup from "../shared/Cgroup.ts"
import * as CriuConfig from "../shared/CriuConfig.ts"
import * as CriuLog from "../shared/CriuLog.ts"
import * as FreezeScript from "../shared/FreezeScript.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as Proc from "../shared/Proc.ts"
import * as Process from "../shared/Process.ts"
import * as RestoreProgress from "../shared/RestoreProgress.ts"
import { storageFailed } from "../shared/storageFailed.ts"
import * as ContainerdBundle from "./ContainerdBundle.ts"
import { known, mountsOf } from "./ContainerdCheckRestore.ts"
import { type CallError, isAway } from "./ContainerdClient.ts"
import { forgetEnded, pause } from "./ContainerdLifecycle.ts"
import * as ContainerdOptions from "./ContainerdOptions.ts"
import { scopeOf } from "./ContainerdSettings.ts"
import { settle } from "./ContainerdSettle.ts"
import * as ContainerdRemains from "./ContainerdRemains.ts"
import * as ContainerdStreams from "./ContainerdStreams.ts"
import { type Containerd, current, failed, look, patiently, stateOf } from "./ContainerdTask.ts"
import * as ContainerdUndo from "./ContainerdUndo.ts"
import * as RuncOptions from "./RuncOptions.ts"
import * as Services from "./Services.ts"

/** Brings a container back. */
export const restore = (
  containerd: Containerd,
  container: Container,
  request: RestoreRequest
): Effect.Effect<void, RuntimeUnavailable | RuntimeFailed | StorageFailed, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const { client } = containerd
    const { checkpoint, options, workPath } = request
    const { id } = container
    const metadata = yield* known(containerd, id)
    const rootfs = yield* mountsOf(containerd, metadata)
    yield* forgetEnded(containerd, "restore", id)
    yield* ContainerdRemains.sweep(containerd, metadata)
    const freeze = request.after === "paused" ? yield* FreezeScript.write(workPath) : undefined
    const criu = {
      ...ContainerdOptions.ofRestore(options),
      ...(freeze === undefined ? {} : { "action-script": freeze })
    }
    const streams = ContainerdStreams.parse(ContainerdBundle.keptStreams(checkpoint.path))
    const creation: Services.Creation = {
      id,
      rootfs: rootfs ?? [],
      streams: ContainerdStreams.forRestore(streams, KernelFile.hasReader),
      options: RuncOptions.restore(metadata.runtimeOptions, { imagePath: checkpoint.path, workPath })
    }
    yield* makeInput(id, ContainerdStreams.missingInput(streams, KernelFile.exists))
    const since = Proc.ticks()
    yield* act(id, create(containerd, creation))
    // From here on the task is ours.
    yield* Effect.gen(function* () {
      const bundle = bundleOf(containerd, container, request)
      if (!CriuConfig.isEmpty(criu)) {
        const detail = "the folder of its task cannot be found, by which CRIU is told its options"
        yield* bundle === undefined
          ? failed("restore", id, "Unknown", detail)
          : configure(bundle, configFile(containerd, id), criu)
      }
      yield* RestoreProgress.whileRestoring(request.report, (onStart) => {
        const shim = bundle === undefined ? undefined : shimIn(bundle)
        if (shim !== undefined) onStart(shim)
        return Effect.catchAll(
          // At once: a containerd that is started again has runc delete what was begun before.
          Effect.tapError(
            client.call(Services.startTask, { id }),
            () =>
              Effect.zipRight(
                Effect.ignore(ContainerdRemains.secure(containerd, "restore", metadata)),
                ContainerdUndo.awaitCriu(containerd, metadata, workPath, since)
              )
          ),
          (error) =>
            Effect.unlessEffect(
              fail(id, workPath, error),
              isAway(error) ? cameUp(containerd, id) : Effect.succeed(false)
            )
        )
      })
      // runc has CRIU read it at the next dump as well, for which other options count.
      if (!CriuConfig.isEmpty(criu)) yield* writeConfig(configFile(containerd, id), {})
      if (request.after === "paused") yield* keepPaused(containerd, container, workPath)
    }).pipe(Effect.tapError(() => ContainerdUndo.undo(containerd, metadata, workPath, since)))
  })

/** Creates the task, as soon as containerd has swept the folder of one that is gone. */
const create = ({ client }: Containerd, creation: Services.Creation) =>
  Effect.retry(client.call(Services.createTask, creation), {
    while: (error) => error._tag === "CallFailed" && error.reason === "AlreadyExists",
    times: 20,
    schedule: Schedule.spaced("50 millis")
  })

/** Whether a container runs whose containerd went away while it was started: its shim goes on without. */
const cameUp = (containerd: Containerd, id: string) =>
  Effect.zipRight(
    settle(containerd.settings.namespace, id),
    Effect.orElseSucceed(
      Effect.map(look(patiently(containerd), id, "restore"), (found) => ["running", "paused"].includes(stateOf(found))),
      () => false
    )
  )

const fail = (
  id: string,
  workPath: string,
  error: CallError
): Effect.Effect<never, RuntimeFailed | RuntimeUnavailable, FileSystem.FileSystem> =>
  error._tag === "CallFailed" ? Effect.flatMap(judge(id, workPath, error.detail), Effect.fail) : Effect.fail(error)

/** The folder of a task that was created, as the shim has it. */
const bundleOf = (
  { settings }: Containerd,
  { bundle, id }: Container,
  { checkpoint }: RestoreRequest
): string | undefined =>
  [
    checkpoint.record?.container?.bundle,
    bundle,
    `${
      settings.socket.slice(0, settings.socket.lastIndexOf("/"))
    }/io.containerd.runtime.v2.task/${settings.namespace}/${id}`
  ].find((path) => path !== undefined && KernelFile.exists(`${path}/config.json`))

/** Makes the fifo of the input again, as its maker did: only its owner may open it. */
const makeInput = (id: string, path: string | undefined) =>
  Effect.gen(function* () {
    if (path === undefined) return
    const fs = yield* FileSystem.FileSystem
    const folder = path.slice(0, path.lastIndexOf("/"))
    yield* Effect.mapError(fs.makeDirectory(folder, { recursive: true, mode: 0o700 }), storageFailed("make", folder))
    const made = yield* Effect.orElseSucceed(
      Process.run({ program: "mkfifo", args: ["-m", "700", path] }),
      () => undefined
    )
    if (made?.code !== 0) {
      yield* failed("restore", id, "Unknown", `the fifo of its input, "${path}", cannot be made again`)
    }
  })

/** Writes CRIU's configuration and has runc find it. */
const configure = (bundle: string, file: string, options: CriuConfig.Options) =>
  Effect.zipRight(writeConfig(file, options), ContainerdBundle.configureCriu(bundle, file))

/** Where it lies: the task has it named for as long as it lives. */
const configFile = ({ settings }: Containerd, id: string): string =>
  `${settings.stasisRoot}/${scopeOf(settings)}/${encodeComponent(id)}/criu.conf`

/** Our options count, being behind the machine's, which runc would have CRIU read without us. */
const writeConfig = (file: string, options: CriuConfig.Options) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const ofMachine = KernelFile.read("/etc/criu/runc.conf") ?? ""
    const text = `${ofMachine === "" || ofMachine.endsWith("\n") ? ofMachine : `${ofMachine}\n`}${
      CriuConfig.print(options)
    }`
    const folder = file.slice(0, file.lastIndexOf("/"))
    yield* Effect.mapError(fs.makeDirectory(folder, { recursive: true, mode: 0o700 }), storageFailed("make", folder))
    yield* Effect.mapError(
      fs.writeFileString(file, text, { mode: 0o600 }),
      storageFailed("write CRIU's configuration", file)
    )
  })

/** The process of which the restored ones are descendants: it works in the bundle. */
const shimIn = (bundle: string): number | undefined => {
  const name = (KernelFile.names("/proc") ?? []).find((one) =>
    /^\d+$/.test(one) && KernelFile.link(`/proc/${one}/cwd`) === bundle
  )
  return name === undefined ? undefined : Number(name)
}

/**
 * Makes sure that a restored container is paused for its shim as well, which takes it for running. Where it is frozen already, it
 * is kept so in a cgroup below its own meanwhile, for runc pauses nothing that is frozen.
 */
const keepPaused = (containerd: Containerd, { process: _, ...container }: Container, workPath: string) =>
  Effect.gen(function* () {
    const frozen = FreezeScript.frozen(workPath)
    const { runc } = yield* current(containerd, "restore", container)
    const release = frozen !== undefined && frozen === runc.cgroup ? Cgroup.keepFrozen(frozen) : () => {}
    yield* Effect.ensuring(pause(containerd, container), Effect.sync(release))
    // A container with cgroups of its own has its first process in one of them, and is paused above it.
    if (frozen !== undefined && frozen !== runc.cgroup) Cgroup.thaw(frozen)
  })

const act = <A>(id: string, call: Effect.Effect<A, CallError>) =>
  Effect.catchTag(
    call,
    "CallFailed",
    ({ detail, reason }) =>
      reason === "AlreadyExists"
        ? failed("restore", id, "Busy", "somebody else has started it meanwhile")
        : failed("restore", id, "Unknown", detail)
  )

const judge = (id: string, workPath: string, detail: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const log = yield* Effect.orElseSucceed(fs.readFileString(`${workPath}/restore.log`), () => "")
    if (log === "") return failed("restore", id, "Unknown", detail)
    const verdict = CriuLog.classify(log)
    return failed("restore", id, verdict.reason, verdict.detail, verdict.hint, CriuLog.tail(log))
  })
