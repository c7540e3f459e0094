// The folder rule: domain ← effects ← layers/shared ← layers/<world> ← cli.
import { refuses } from "./refuses.ts"

refuses("folders", /^/m, [
  {
    what: "the domain uses a service",
    file: "src/domain/Caller.ts",
    text: `export { welcome } from "../effects/Door.ts"\n`,
    says: "domain-is-pure"
  },
  {
    what: "the domain uses the type of a service",
    file: "src/domain/Typed.ts",
    text: `import type { Door } from "../effects/Door.ts"\nexport type Doors = ReadonlyArray<Door>\n`,
    says: "domain-is-pure"
  },
  {
    what: "the domain loads a service later",
    file: "src/domain/Later.ts",
    text: `export const later = () => import("../effects/Door.ts")\n`,
    says: "domain-is-pure"
  },
  {
    what: "the domain runs effects",
    file: "src/domain/Runner.ts",
    text: `import * as Effect from "effect/Effect"\nexport const done = Effect.void\n`,
    says: "domain-is-pure"
  },
  {
    what: "the domain knows the time",
    file: "src/domain/Timely.ts",
    text: `export { currentTimeMillis } from "effect/Clock"\n`,
    says: "domain-is-pure"
  },
  {
    what: "the domain streams",
    file: "src/domain/Streamer.ts",
    text: `import * as Stream from "effect/Stream"\nexport const nothing = Stream.empty\n`,
    says: "domain-is-pure"
  },
  {
    what: "the domain knows a platform",
    file: "src/domain/Platform.ts",
    text: `export { FileSystem } from "@effect/platform/FileSystem"\n`,
    says: "domain-is-pure"
  },
  {
    what: "the domain reads a disk",
    file: "src/domain/Reader.ts",
    text: `export { readFileSync } from "node:fs"\n`,
    says: "domain-is-pure"
  },
  {
    what: "the domain imports a barrel",
    file: "src/domain/Barrel.ts",
    text: `export { Schema } from "effect"\n`,
    says: "domain-is-pure"
  },
  {
    what: "a service uses a layer",
    file: "src/effects/Layered.ts",
    text: `export { holds } from "../layers/shared/Keys.ts"\n`,
    says: "effects-know-no-layer"
  },
  {
    what: "a service reads a disk",
    file: "src/effects/Reader.ts",
    text: `export { readFileSync } from "node:fs"\n`,
    says: "effects-know-no-layer"
  },
  {
    what: "a service knows its host",
    file: "src/effects/Hosted.ts",
    text: `export { layer } from "@effect/platform-node/NodeFileSystem"\n`,
    says: "effects-know-no-layer"
  },
  {
    what: "what worlds share uses a world",
    file: "src/layers/shared/Worldly.ts",
    text: `export { layer } from "../memory/Memory.ts"\n`,
    says: "shared-knows-no-world"
  },
  {
    what: "a world uses another world",
    file: "src/layers/oci/Neighbour.ts",
    text: `export { layer } from "../memory/Memory.ts"\n`,
    says: "worlds-are-apart"
  },
  {
    what: "a world uses the command line",
    file: "src/layers/memory/Operator.ts",
    text: `import "../../cli/main.ts"\n`,
    says: "worlds-are-apart"
  },
  {
    what: "a world uses the library's door",
    file: "src/layers/memory/Outside.ts",
    text: `export * from "../../mod.ts"\n`,
    says: "worlds-are-apart"
  },
  {
    what: "a service uses the command line",
    file: "src/effects/Operator.ts",
    text: `import "../cli/main.ts"\n`,
    says: "cli-is-last"
  },
  {
    what: "the library's door opens on a world",
    file: "src/mod.ts",
    text: `export * as Memory from "./layers/memory/Memory.ts"\n`,
    says: "door-opens-on-services"
  },
  {
    what: "the command line imports a barrel",
    file: "src/cli/Barrel.ts",
    text: `export { NodeContext } from "@effect/platform-node"\n`,
    says: "subpath-imports-only"
  },
  {
    what: "a file has no place",
    file: "src/utils/text.ts",
    text: `export { words } from "../domain/Greeting.ts"\n`,
    says: "every-file-has-a-place"
  },
  {
    what: "a file without a place is used",
    file: "src/cli/Helped.ts",
    text: `export { words } from "../utils/text.ts"\n`,
    says: "nothing-from-elsewhere"
  },
  {
    what: "two files need each other",
    file: "src/domain/Chicken.ts",
    text: `import type { Egg } from "./Egg.ts"\nexport interface Chicken { readonly from: Egg }\n`,
    says: "no-cycle"
  },
  {
    what: "two files need each other, naming both",
    file: "src/domain/Egg.ts",
    text: `import type { Chicken } from "./Chicken.ts"\nexport interface Egg { readonly of: Chicken }\n`,
    says: "src/domain/Egg.ts →"
  },
  {
    what: "an import leads nowhere",
    file: "src/layers/oci/Lost.ts",
    text: `export * from "./Nowhere.ts"\n`,
    says: "resolves"
  },
  {
    what: "the source uses a test",
    file: "src/layers/oci/Tested.ts",
    text: `import "../../../test/domain/Greeting.test.ts"\n`,
    says: "source-stands-alone"
  }
])
