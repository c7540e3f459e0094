import { harness, inFolders } from "../layers/memory/memorySubject.ts"
import { faulty, powerLoss } from "./faults.ts"
import { suite } from "./sequences.ts"

for (const [where, make] of [["in a map", harness], ["in folders", inFolders]] as const) {
  suite(`memory ${where}`, make(), { runs: 100, maxCommands: 30, timeout: 60_000 })
  suite(`memory ${where}, stopped containers are kept`, make({ afterStop: "stopped" }), {
    runs: 40,
    maxCommands: 30,
    timeout: 60_000
  })
  suite(`memory ${where}, stops by itself`, make({ stopsByItself: true }), {
    runs: 40,
    maxCommands: 30,
    timeout: 60_000
  })

  suite(`memory ${where}, under faults and interruptions`, make(), {
    runs: 100,
    maxCommands: 25,
    timeout: 120_000,
    more: [...faulty, ...faulty]
  })
  suite(`memory ${where} that stops by itself, under faults and interruptions`, make({ stopsByItself: true }), {
    runs: 50,
    maxCommands: 25,
    timeout: 120_000,
    more: [...faulty, ...faulty]
  })
  suite(`memory ${where} that loses its power`, make(), {
    runs: 50,
    maxCommands: 25,
    timeout: 120_000,
    more: [powerLoss]
  })
}
