/**
 * A lazy restore of 1 GiB against a full one of the same checkpoint, both through the library: how soon the restored program answers,
 * and how soon all memory is in. In the lab.
 */
import * as NodeFs from "node:fs"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Checkpoints from "../src/effects/Checkpoints.ts"
import type { RestoreError } from "../src/effects/restoreCheckpoint.ts"
import * as Oci from "../src/layers/oci/Oci.ts"
import { scratch } from "./containers.ts"
import { interleave } from "./Interleaved.ts"
import * as Row from "./Row.ts"
import * as Touched from "./TouchedContainer.ts"

const piece = "lazy restore"
const mebibytes = 1024

/** Until the first answer and until all memory is in, in rows. */
export const lazy = (quick: boolean) =>
  Effect.scoped(rows(quick ? 5 : 20)).pipe(
    Effect.provide(Oci.layer({ runtime: "runc", stasisRoot: `${scratch}/stasis` }))
  )

const rows = (pairs: number) =>
  Effect.gen(function* () {
    const container = yield* Touched.make(scratch, mebibytes, true)
    yield* Checkpoints.create(container.id, "kept")
    const ending = yield* Ref.make<Effect.Effect<unknown, RestoreError>>(Effect.void)
    const answering = (lazyPages: boolean) => ({
      before: Touched.end(container),
      run: Effect.gen(function* () {
        const last = answered(container)
        const operation = yield* Checkpoints.beginRestore(container.id, "kept", { lazyPages })
        yield* Ref.set(ending, operation.result)
        const answers = Effect.iterate(last, {
          while: (now) => now === last,
          body: () => Effect.delay(look(container), 1)
        })
        // One that fails gives no answer.
        yield* Effect.raceFirst(answers, Effect.zipRight(operation.result, Effect.never))
      }),
      after: Effect.flatten(Ref.get(ending))
    })
    const first = yield* interleave(pairs, 1, answering(true), answering(false))
    const whole = (lazyPages: boolean) => ({
      before: Touched.end(container),
      run: Checkpoints.restore(container.id, "kept", { lazyPages })
    })
    const all = yield* interleave(pairs, 1, whole(true), whole(false))
    yield* Checkpoints.remove(container.id, "kept")
    const size = `${mebibytes} MiB, lazily against all at once`
    return [
      Row.ofRatio(piece, `first answer, ${size}`, first, 0.25),
      Row.ofQuantity(piece, `first answer, ${mebibytes} MiB, lazily`, first.ours, "ms", { most: 300 }),
      Row.ofRatio(piece, `all memory in, ${size}`, all, 1)
    ]
  })

/** When it answered last. */
const answered = ({ bundle }: Touched.TouchedContainer): bigint =>
  NodeFs.statSync(`${bundle}/rootfs/${Touched.answer}`, { bigint: true }).ctimeNs

const look = (container: Touched.TouchedContainer) => Effect.sync(() => answered(container))
