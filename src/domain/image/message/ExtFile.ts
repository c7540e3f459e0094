/** CRIU's `images/ext-file.proto`. */
import { FownEntry } from "./Fown.ts"
import { define, nested, required, uint32, type Value } from "../Message.ts"

/** A message `ext_file_entry`. */
export const ExtFileEntry = define("ext_file_entry", {
  id: required(1, uint32),
  fown: required(5, nested(FownEntry))
})
/** A message `ext_file_entry`. */
export type ExtFileEntry = Value<typeof ExtFileEntry>
