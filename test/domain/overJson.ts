/**
 * What JSON keeps of a value. Schemas of numbers also make NaN, infinities and negative zero, and records also make
 * the key of a prototype; none of these comes back from a wire, and none is ever sent.
 */
export const overJson = <A>(value: A): A =>
  JSON.parse(JSON.stringify(value, (key: string, inner: unknown) => {
    if (key === "__proto__") return undefined
    return typeof inner === "number" && !Number.isFinite(inner) ? 0 : inner
  }))
