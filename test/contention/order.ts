/**
 * Whether what many processes saw of one name is what some order of their calls would have given, each call taking
 * effect at one moment between its beginning and its end.
 */

/** One call on the name, as its process saw it. */
export interface Call {
  readonly do: "create" | "remove" | "restore"
  readonly end: string
  readonly from: number
  readonly to: number
}

/** Whether there is such an order, that ends with the name there or not. */
export const hasOrder = (calls: ReadonlyArray<Call>, thereAtLast: boolean): boolean => {
  const sorted = [...calls].sort((a, b) => a.from - b.from)
  const refuted = new Set<string>()
  const search = (left: ReadonlyArray<Call>, there: boolean): boolean => {
    if (left.length === 0) return there === thereAtLast
    const key = `${there} ${left.map((call) => sorted.indexOf(call)).join()}`
    if (refuted.has(key)) return false
    // Only a call that began before every other one ended can have been the first.
    const firstEnd = Math.min(...left.map((call) => call.to))
    for (const call of left) {
      if (call.from > firstEnd) break
      const after = effect(call, there)
      if (after !== undefined && search(left.filter((other) => other !== call), after)) return true
    }
    refuted.add(key)
    return false
  }
  return search(sorted, false)
}

/** Whether the name is there after the call; `undefined` where the call cannot have ended as it did. */
const effect = (call: Call, there: boolean): boolean | undefined => {
  if (call.end === "CheckpointExists") return call.do === "create" && there ? there : undefined
  if (call.end === "CheckpointNotFound") return call.do !== "create" && !there ? there : undefined
  if (call.end !== "done") return undefined
  if (call.do === "create") return there ? undefined : true
  return there ? call.do === "restore" : undefined
}
