// Answers each request with its number, and writes the port that it listens on into the file "port".
import { renameSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"

let count = 0
const server = createServer((_, response) => {
  count += 1
  response.end(String(count))
})
server.keepAliveTimeout = 600_000
server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  writeFileSync("next", String(typeof address === "object" ? address?.port : address))
  renameSync("next", "port")
})
