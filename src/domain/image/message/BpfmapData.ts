/** CRIU's `images/bpfmap-data.proto`. */
import { define, required, uint32, type Value } from "../Message.ts"

/** What was in a map of BPF; its keys and then its values follow. */
export const BpfmapDataEntry = define("bpfmap_data_entry", {
  map_id: required(1, uint32),
  keys_bytes: required(2, uint32),
  values_bytes: required(3, uint32),
  count: required(4, uint32)
})
/** What was in a map of BPF; its keys and then its values follow. */
export type BpfmapDataEntry = Value<typeof BpfmapDataEntry>
