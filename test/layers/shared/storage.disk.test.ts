import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Layer from "effect/Layer"
import * as NodeDisk from "../../../src/layers/shared/NodeDisk.ts"
import * as DiskContract from "../../contracts/disk.ts"
import * as FileSystemContract from "../../contracts/fileSystem.ts"

DiskContract.suite("this machine", Layer.merge(NodeFileSystem.layer, NodeDisk.layer))
FileSystemContract.suite("this machine", NodeFileSystem.layer)
