// A process that works in the world of files, see work.ts.
import { container, type FileJob, layer } from "./FileWorld.ts"
import { work } from "./work.ts"

work(({ fault, root }: FileJob) => ({ container, layer: layer(root, fault) }))
