import * as Docker from "../../../src/layers/docker/Docker.ts"
import * as Oci from "../../../src/layers/oci/Oci.ts"
import * as CheckpointsContract from "../../contracts/checkpoints.ts"
import * as ContainerStoreContract from "../../contracts/containerStore.ts"
import * as RuntimeContract from "../../contracts/runtime.ts"
import * as Sequences from "../../model/sequences.ts"
import { harness, shareDaemon } from "./dockerSubject.ts"

const docker = harness(shareDaemon(), (place) => Docker.layer({ ...place, beneath: Oci.beneath }))

CheckpointsContract.suite("docker", docker)
ContainerStoreContract.suite("docker", docker)
RuntimeContract.suite("docker", docker)
Sequences.suite("docker", docker, { runs: 3, maxCommands: 10, timeout: 110_000 })
