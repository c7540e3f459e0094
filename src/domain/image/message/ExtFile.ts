/** CRIU's `images/ext-file.proto`. */
import { FownEntry } from "./Fown.ts"
import { define, nested, required, uint32, type Value } from "../Message.ts"

/** An open file that a plugin of CRIU's knows how to bring back. */
export const ExtFileEntry = define("ext_file_entry", {
  id: required(1, uint32),
  fown: required(5, nested(FownEntry))
})
/** An open file that a plugin of CRIU's knows how to bring back. */
export type ExtFileEntry = Value<typeof ExtFileEntry>
