/** A `CheckpointStore` whose calls fail, hang or are late as the faults of its world say; all else is another store's. */
import type * as Context from "effect/Context"
import type { CheckpointStore } from "../../effects/CheckpointStore.ts"
import type { Faults } from "./Faults.ts"

type Store = Context.Tag.Service<CheckpointStore>

/** A store with the faults of a world before it. */
export const make = (store: Store, faults: Faults): Store => ({
  ...store,
  directory: (container, choice, create) =>
    faults.around("CheckpointStore.directory", store.directory(container, choice, create)),
  lock: (request) => faults.around("CheckpointStore.lock", store.lock(request)),
  stage: (directory, intent) => faults.around("CheckpointStore.stage", store.stage(directory, intent)),
  makePreDump: (staging) => faults.around("CheckpointStore.makePreDump", store.makePreDump(staging)),
  noteDump: (container, operation) => faults.around("CheckpointStore.noteDump", store.noteDump(container, operation)),
  lastDump: (container) => faults.around("CheckpointStore.lastDump", store.lastDump(container)),
  isDumped: (staging) => faults.around("CheckpointStore.isDumped", store.isDumped(staging)),
  imageBytes: (staging) => faults.around("CheckpointStore.imageBytes", store.imageBytes(staging)),
  freeBytes: (staging) => faults.around("CheckpointStore.freeBytes", store.freeBytes(staging)),
  room: (directory) => faults.around("CheckpointStore.room", store.room(directory)),
  publish: (staging, config, durability) =>
    faults.around("CheckpointStore.publish", store.publish(staging, config, durability)),
  discard: (staging) => faults.around("CheckpointStore.discard", store.discard(staging)),
  interrupted: (container, directory) =>
    faults.around("CheckpointStore.interrupted", store.interrupted(container, directory)),
  list: (container, directory) => faults.around("CheckpointStore.list", store.list(container, directory)),
  names: (directory) => faults.around("CheckpointStore.names", store.names(directory)),
  get: (container, directory, name) => faults.around("CheckpointStore.get", store.get(container, directory, name)),
  remove: (checkpoint, directory, durability) =>
    faults.around("CheckpointStore.remove", store.remove(checkpoint, directory, durability)),
  scratch: (container) => faults.around("CheckpointStore.scratch", store.scratch(container)),
  directories: (container) => faults.around("CheckpointStore.directories", store.directories(container)),
  containers: faults.around("CheckpointStore.containers", store.containers),
  container: (id) => faults.around("CheckpointStore.container", store.container(id))
})
