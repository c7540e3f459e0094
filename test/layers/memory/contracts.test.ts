import * as Layer from "effect/Layer"
import * as Memory from "stasis/Memory"
import * as CheckpointsContract from "../../contracts/checkpoints.ts"
import * as ContainerStoreContract from "../../contracts/containerStore.ts"
import * as DiskContract from "../../contracts/disk.ts"
import * as EventLogContract from "../../contracts/eventLog.ts"
import * as FileSystemContract from "../../contracts/fileSystem.ts"
import * as ImagesContract from "../../contracts/images.ts"
import * as RuntimeContract from "../../contracts/runtime.ts"
import * as CheckpointStoreContract from "../../contracts/checkpointStore.ts"
import { twoIn } from "./imagesBench.ts"
import { harness, inFolders, storeIn } from "./memorySubject.ts"

CheckpointsContract.suite("memory", harness())
CheckpointsContract.suite("memory, in folders", inFolders())
CheckpointsContract.suite("memory, stopped containers are kept", harness({ afterStop: "stopped" }))
CheckpointsContract.suite("memory, stops by itself", harness({ stopsByItself: true }))
ContainerStoreContract.suite("memory", harness())
RuntimeContract.suite("memory", harness())
RuntimeContract.suite("memory, in folders", inFolders())
CheckpointStoreContract.suite("memory, in a map", storeIn("map"))
CheckpointStoreContract.suite("memory, in folders", storeIn("folder"))
EventLogContract.suite("memory", () => Layer.provide(Memory.layer(), Layer.empty))
DiskContract.suite("memory", Memory.storage)
FileSystemContract.suite("memory", Memory.fileSystem)
ImagesContract.suite("memory, in a map", twoIn("map"))
ImagesContract.suite("memory, in folders", twoIn("folder"))
