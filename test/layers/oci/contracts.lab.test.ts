import * as CheckpointsContract from "../../contracts/checkpoints.ts"
import * as ContainerStoreContract from "../../contracts/containerStore.ts"
import * as RuntimeContract from "../../contracts/runtime.ts"
import * as Sequences from "../../model/sequences.ts"
import * as LabContainer from "./LabContainer.ts"
import { harness } from "./ociSubject.ts"

for (const runtime of LabContainer.runtimes) {
  CheckpointsContract.suite(runtime, harness(runtime))
  ContainerStoreContract.suite(runtime, harness(runtime))
  RuntimeContract.suite(runtime, harness(runtime))
  Sequences.suite(runtime, harness(runtime), { runs: 3, maxCommands: 10, timeout: 110_000 })
}
