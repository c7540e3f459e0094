// A process that works on a real container, see work.ts.
import * as Oci from "../../src/layers/oci/Oci.ts"
import type { RealJob } from "./realRounds.ts"
import { work } from "./work.ts"

work(({ config, container }: RealJob<Oci.OciConfig>) => ({ container, layer: Oci.layer(config) }))
