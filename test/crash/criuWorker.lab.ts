// A process that works on plain processes, see work.ts.
import * as Criu from "../../src/layers/criu/Criu.ts"
import type { RealJob } from "./realRounds.ts"
import { work } from "./work.ts"

work(({ config, container }: RealJob<Criu.CriuConfig>) => ({ container, layer: Criu.layer(config) }))
