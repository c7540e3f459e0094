import * as CheckpointsContract from "../../contracts/checkpoints.ts"
import * as ContainerStoreContract from "../../contracts/containerStore.ts"
import * as RuntimeContract from "../../contracts/runtime.ts"
import * as Sequences from "../../model/sequences.ts"
import { harness } from "./containerdSubject.ts"

CheckpointsContract.suite("containerd", harness)
ContainerStoreContract.suite("containerd", harness)
RuntimeContract.suite("containerd", harness)
Sequences.suite("containerd", harness, { runs: 3, maxCommands: 10, timeout: 110_000 })
