import { harness } from "../layers/memory/memorySubject.ts"
import { faulty, powerLoss } from "./faults.ts"
import { suite } from "./sequences.ts"

suite("memory", harness(), { runs: 100, maxCommands: 30, timeout: 60_000 })
suite("memory, stopped containers are kept", harness({ afterStop: "stopped" }), {
  runs: 40,
  maxCommands: 30,
  timeout: 60_000
})
suite("memory, stops by itself", harness({ stopsByItself: true }), { runs: 40, maxCommands: 30, timeout: 60_000 })

suite("memory, under faults and interruptions", harness(), {
  runs: 100,
  maxCommands: 25,
  timeout: 120_000,
  more: [...faulty, ...faulty]
})
suite("memory that stops by itself, under faults and interruptions", harness({ stopsByItself: true }), {
  runs: 50,
  maxCommands: 25,
  timeout: 120_000,
  more: [...faulty, ...faulty]
})
suite("memory that loses its power", harness(), { runs: 50, maxCommands: 25, timeout: 120_000, more: [powerLoss] })
