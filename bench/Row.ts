/** One row of the table: what was measured, ours beside the bare thing, and whether the bound holds. */
import * as Figures from "./Figures.ts"

/** One row of the table. */
export interface Row {
  readonly piece: string
  readonly what: string
  readonly ours: string
  readonly bare: string
  readonly ratio: string
  /** Half of our runs lie in it; for a difference, its 95% interval. */
  readonly spread: string
  readonly bound: string
  /** `undefined` where there is no bound. */
  readonly holds: boolean | undefined
  /** The same for programs: medians in the unit of the row. */
  readonly figures: Readonly<Record<string, number>>
}

/** Durations of the same work, done by us and by the bare thing, in milliseconds and in turn. */
export interface Pairs {
  readonly ours: ReadonlyArray<number>
  readonly bare: ReadonlyArray<number>
}

/** A row with a bound on the ratio of the medians; without one where it is `undefined`. */
export const ofRatio = (piece: string, what: string, { bare, ours }: Pairs, bound: number | undefined): Row => {
  const [mine, theirs] = [Figures.median(ours), Figures.median(bare)]
  const spread = Figures.quarters(ours)
  return {
    piece,
    what,
    ours: milliseconds(mine),
    bare: milliseconds(theirs),
    ratio: (mine / theirs).toFixed(2),
    spread: `${milliseconds(spread.low)} to ${milliseconds(spread.high)}, ${ours.length} pairs`,
    bound: bound === undefined ? "" : `ratio ≤ ${bound}`,
    holds: bound === undefined ? undefined : mine / theirs <= bound,
    figures: { ours: mine, bare: theirs, ratio: mine / theirs, pairs: ours.length }
  }
}

/** A row for what has to be so many times faster than the other; its ratio reads "1/12.5" where it is 12.5 times faster. */
export const ofSpeed = (piece: string, what: string, pairs: Pairs, times: number | undefined): Row => {
  const row = ofRatio(piece, what, pairs, times === undefined ? undefined : 1 / times)
  const faster = Figures.median(pairs.bare) / Figures.median(pairs.ours)
  return { ...row, ratio: `1/${faster.toFixed(1)}`, bound: times === undefined ? "" : `ratio ≤ 1/${times}` }
}

/**
 * A row for what may cost a little more than the bare thing: the 95% interval of the median difference has to lie under
 * a share of the bare median and so many milliseconds.
 */
export const ofDifference = (
  piece: string,
  what: string,
  { bare, ours }: Pairs,
  bound: { readonly share: number; readonly milliseconds: number } | undefined
): Row => {
  const [mine, theirs] = [Figures.median(ours), Figures.median(bare)]
  const interval = Figures.medianInterval(Figures.differences(ours, bare))
  const most = bound === undefined ? Number.NaN : theirs * bound.share + bound.milliseconds
  return {
    piece,
    what,
    ours: milliseconds(mine),
    bare: milliseconds(theirs),
    ratio: (mine / theirs).toFixed(2),
    spread: `${signed(interval.low)} to ${signed(interval.high)}, ${ours.length} pairs`,
    bound: bound === undefined ? "" : `difference ≤ ${milliseconds(most)}`,
    holds: bound === undefined ? undefined : interval.high <= most,
    figures: {
      ours: mine,
      bare: theirs,
      ratio: mine / theirs,
      low: interval.low,
      high: interval.high,
      pairs: ours.length,
      ...(bound === undefined ? {} : { most })
    }
  }
}

/** A row for one quantity with a bound; `least` when more is better. */
export const ofQuantity = (
  piece: string,
  what: string,
  values: ReadonlyArray<number>,
  unit: string,
  bound: { readonly least: number } | { readonly most: number } | undefined,
  bare?: ReadonlyArray<number>
): Row => {
  const value = Figures.median(values)
  const spread = Figures.quarters(values)
  const print = (one: number) => `${quantity(one)} ${unit}`
  return {
    piece,
    what,
    ours: print(value),
    bare: bare === undefined ? "" : print(Figures.median(bare)),
    ratio: bare === undefined || Figures.median(bare) === 0 ? "" : (value / Figures.median(bare)).toFixed(2),
    spread: values.length === 1 ? "" : `${quantity(spread.low)} to ${print(spread.high)}, ${values.length} runs`,
    bound: bound === undefined ? "" : "least" in bound ? `≥ ${print(bound.least)}` : `≤ ${print(bound.most)}`,
    holds: bound === undefined ? undefined : "least" in bound ? value >= bound.least : value <= bound.most,
    figures: { ours: value, runs: values.length, ...(bare === undefined ? {} : { bare: Figures.median(bare) }) }
  }
}

const milliseconds = (value: number): string =>
  `${value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0)} ms`

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${milliseconds(Math.abs(value))}`

const quantity = (value: number): string =>
  value >= 1000 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1)
