// A process that works on a real container, see work.ts.
import * as Oci from "../../src/layers/oci/Oci.ts"
import type { RuncJob } from "./runcRounds.ts"
import { work } from "./work.ts"

work(({ config, container }: RuncJob) => ({ container, layer: Oci.layer(config) }))
