import * as CheckpointsContract from "../../contracts/checkpoints.ts"
import * as ContainerStoreContract from "../../contracts/containerStore.ts"
import * as RuntimeContract from "../../contracts/runtime.ts"
import * as Sequences from "../../model/sequences.ts"
import { harness } from "./criuSubject.ts"

CheckpointsContract.suite("criu", harness)
ContainerStoreContract.suite("criu", harness)
RuntimeContract.suite("criu", harness)
Sequences.suite("criu", harness, { runs: 3, maxCommands: 10, timeout: 110_000 })
