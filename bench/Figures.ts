/**
 * The figures of a series of runs: median, spread, and how sure the difference of two series is.
 *
 * Pure; chance comes from a seed, so that the same runs give the same figures.
 */

/** The middle of the values; the mean of the two in the middle where their number is even. */
export const median = (values: ReadonlyArray<number>): number => quantile(values, 0.5)

/** The value below which a share of the values lies, interpolated. */
export const quantile = (values: ReadonlyArray<number>, share: number): number => {
  const sorted = Float64Array.from(values).sort()
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** An interval. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** The quarter marks: half of the values lie between them. */
export const quarters = (values: ReadonlyArray<number>): Interval => ({
  low: quantile(values, 0.25),
  high: quantile(values, 0.75)
})

/** The 95% interval of the median, by the percentile bootstrap. */
export const medianInterval = (values: ReadonlyArray<number>, resamples = 4000): Interval => {
  const next = xorshift(0x2545f491)
  const medians = Array.from(
    { length: resamples },
    () => median(values.map(() => values[next() % values.length] ?? Number.NaN))
  )
  return { low: quantile(medians, 0.025), high: quantile(medians, 0.975) }
}

/** The difference of each pair. */
export const differences = (ours: ReadonlyArray<number>, bare: ReadonlyArray<number>): ReadonlyArray<number> =>
  ours.map((one, index) => one - (bare[index] ?? Number.NaN))

const xorshift = (seed: number) => {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}
