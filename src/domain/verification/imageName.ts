/** Which kind of image a file is, by its name alone: what is in it may be damaged. */
import { kinds } from "../image/kinds.ts"
import { rawKinds } from "../image/rawKinds.ts"

const names: ReadonlyArray<readonly [kind: string, file: RegExp]> = [
  ...Object.entries(rawKinds),
  ...Object.entries(kinds).map(([name, { file }]) => [name, file] as const)
]

/** CRIU's name of the kind of image that a file of this name is, such as `pagemap`; the path before it counts for nothing. */
export const identifyName = (path: string): string | undefined => {
  const name = path.slice(path.lastIndexOf("/") + 1)
  return names.find(([, file]) => file.test(name))?.[0]
}
