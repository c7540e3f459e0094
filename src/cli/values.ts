/** Values of flags that are more than a text: sizes, durations, times. */
import * as Options from "@effect/cli/Options"
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as ValidationError from "@effect/cli/ValidationError"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

/** A size in bytes: `4096`, `64K`, `1.5M`, `2GiB`, in powers of 1024. */
export const parseSize = (text: string): Option.Option<number> => {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text)
  if (match === null) return Option.none()
  const size = Number(match[1]) * 1024 ** " kmgt".indexOf((match[2] || " ").toLowerCase())
  return Number.isSafeInteger(Math.round(size)) ? Option.some(Math.round(size)) : Option.none()
}

/** A duration in milliseconds: `500ms`, `10s`, `1m30s`, `2h`; a bare number is seconds. */
export const parseDuration = (text: string): Option.Option<number> => {
  if (/^\d+(\.\d+)?$/.test(text)) return Option.some(Math.round(Number(text) * 1000))
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return Option.none()
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)]
  return Option.some(Math.round(parts.reduce((sum, [, count, unit]) => sum + Number(count) * lengthOf(unit), 0)))
}

/**
 * A moment in seconds since 1970: such a number itself, an RFC 3339 time or date, or a duration that is counted
 * back from now, as Docker's `--since` takes them.
 */
export const parseMoment = (text: string, now: number): Option.Option<number> => {
  if (/^\d{9,}(\.\d+)?$/.test(text)) return Option.some(Number(text))
  return Option.orElse(
    Option.map(parseDuration(text), (milliseconds) => (now - milliseconds) / 1000),
    () =>
      /^\d{4}-/.test(text) ? Option.map(DateTime.make(text), (at) => DateTime.toEpochMillis(at) / 1000) : Option.none()
  )
}

/** A flag whose value is a size. */
export const size = (name: string) =>
  refined(name, "size", (text) => Either.fromOption(parseSize(text), () => "a size such as 512K, 4M or 1G"))

/** A flag whose value is a number of things, not negative. */
export const count = (name: string) =>
  refined(
    name,
    "count",
    (text) => /^\d{1,15}$/.test(text) ? Either.right(Number(text)) : Either.left("a whole number that is not negative")
  )

/** A flag whose value is a duration. */
export const duration = (name: string) =>
  refined(name, "duration", (text) =>
    Either.fromOption(
      Option.filter(parseDuration(text), (milliseconds) => milliseconds > 0),
      () => "a duration such as 500ms, 10s or 1m30s"
    ))

/** A flag whose value is some of these words, with commas between, or `all`. */
export const choices = <A extends string>(name: string, allowed: ReadonlyArray<A>) =>
  refined(name, "list", (text) => {
    const words = text.split(",").map((word) => word.trim())
    const found = allowed.filter((one) => words.includes("all") || words.includes(one))
    return words.every((word) => word === "all" || allowed.some((one) => one === word))
      ? Either.right(found)
      : Either.left(`some of ${allowed.join(", ")} with commas between, or all`)
  })

/** A flag whose value is a command line for the shell. */
export const command = (name: string) =>
  refined(
    name,
    "command",
    (text) => text.trim() === "" ? Either.left("a command for the shell, such as 'sync'") : Either.right(text)
  )

/** A flag whose value is a moment, in seconds since 1970. */
export const moment = (name: string) =>
  refined(
    name,
    "time",
    (text) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        Either.fromOption(parseMoment(text, now), () =>
          "a time such as 2026-01-31T12:00:00Z, or 10m for ten minutes ago"))
  )

const refined = <A>(name: string, placeholder: string, read: (text: string) => Effect.Effect<A, string>) =>
  Options.text(name).pipe(
    Options.withPseudoName(placeholder),
    Options.mapEffect((text) =>
      Effect.mapError(
        read(text),
        (expected) =>
          ValidationError.invalidValue(HelpDoc.p(`invalid value "${text}" for --${name}: expected ${expected}`))
      )
    )
  )

const lengthOf = (unit: string | undefined): number =>
  unit === "ms" ? 1 : unit === "s" ? 1_000 : unit === "m" ? 60_000 : 3_600_000
