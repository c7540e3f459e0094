/** Figures as the page has them, and texts cut to a length that a page can show. */
import * as humanize from "../humanize.ts"

/** A number with its thousands apart: `12,345`. */
export const number = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ",")

/** How many of what: `1 thread`, `3 threads`. */
export const counted = (count: number, one: string, several = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : several}`

/** Microseconds, as a duration. */
export const micros = (count: number): string => humanize.duration(count / 1000)

/** A share of a whole in percent: `0%`, `<1%`, `37%`. */
export const percent = (part: number, whole: number): string => {
  if (part === 0 || whole === 0) return "0%"
  const share = (100 * part) / whole
  return share < 1 ? "<1%" : share > 99 && share < 100 ? ">99%" : `${Math.round(share)}%`
}

/** A text of at most so many characters; of a longer one it says how much is left out. */
export const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most)}… (${number(text.length - most)} characters more)`

/** A number for geometry: two digits behind the point. */
export const coordinate = (value: number): string => String(Math.round(value * 100) / 100)
