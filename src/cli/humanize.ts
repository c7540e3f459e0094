/** Figures as a person reads them: bytes, durations, ages, and ids cut to the length that Docker shows. */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"

/** Bytes with three significant digits, in powers of 1024: `12.3 MiB`. */
export const bytes = (count: number): string => {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(count) / 10))
  const value = count / 1024 ** power
  const digits = power === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2
  return `${value.toFixed(digits)} ${units[power]}`
}

/** A duration given in milliseconds: `1.23 s`, `84 ms`, `2 min 5 s`. */
export const duration = (milliseconds: number): string => {
  if (milliseconds < 1) return `${Math.round(milliseconds * 1000)} µs`
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 59_995) return `${(milliseconds / 1000).toFixed(milliseconds < 9_995 ? 2 : 1)} s`
  const seconds = Math.round(milliseconds / 1000)
  const rest = seconds % 60 === 0 ? "" : ` ${seconds % 60} s`
  return `${Math.floor(seconds / 60)} min${rest}`
}

/** How long ago an RFC 3339 time was, in one unit; `-` where the text is no time. */
export const ago = (created: string, now: number): string =>
  Option.match(DateTime.make(created), {
    onNone: () => "-",
    onSome: (time) => {
      const seconds = Math.floor((now - DateTime.toEpochMillis(time)) / 1000)
      if (seconds < -5) return "in the future"
      const [unit, length] = units.find(([, size]) => seconds >= size) ?? ["second", 1]
      const count = Math.max(0, Math.floor(seconds / length))
      return `${count} ${unit}${count === 1 ? "" : "s"} ago`
    }
  })

const units: ReadonlyArray<readonly [string, number]> = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["week", 7 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60]
]

/** An id as Docker shows it: the first twelve digits of one that is 64 hexadecimal digits long. */
export const shortId = (id: string): string => /^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id
