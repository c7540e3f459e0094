/** The counters and gauges that an operator would chart; every use case carries a span of its own beside them. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"

const operations = Metric.counter("stasis_operations_total", {
  description: "Operations that ended, by name and outcome",
  incremental: true
})

/** How long containers stood still for a checkpoint, in microseconds. */
export const frozenMicros = Metric.histogram(
  "stasis_frozen_microseconds",
  MetricBoundaries.exponential({ start: 1_000, factor: 2, count: 16 }),
  "How long the tasks of a container stood still"
)

/** The bytes of the checkpoints that were published. */
export const publishedBytes = Metric.counter("stasis_published_bytes_total", {
  description: "Bytes of the checkpoints that were published",
  incremental: true
})

/** Counts an operation by how it ended. */
export const counted = (operation: string) => {
  const outcome = (name: string) =>
    operations.pipe(Metric.tagged("operation", operation), Metric.tagged("outcome", name))
  const outcomes = { succeeded: outcome("succeeded"), failed: outcome("failed"), interrupted: outcome("interrupted") }
  return <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.onExit(effect, (exit) =>
      Metric.increment(
        Exit.isSuccess(exit) ? outcomes.succeeded : Exit.isInterrupted(exit) ? outcomes.interrupted : outcomes.failed
      ))
}
