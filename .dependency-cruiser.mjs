// The folder rule: domain ← effects ← layers/shared ← layers/<world> ← cli. An arrow never runs the other way, and one
// world does not import another. Run by `npm run check`; proved by the planted violations of test/house.

// Effect's modules that are data and functions on data. Whatever runs an effect, or knows of time, chance, services or
// configuration, is not among them.
const dataModules = [
  "Arbitrary",
  "Array",
  "BigDecimal",
  "BigInt",
  "Boolean",
  "Brand",
  "Chunk",
  "Data",
  "DateTime",
  "Duration",
  "Either",
  "Encoding",
  "Equal",
  "Equivalence",
  "Function",
  "HKT",
  "Hash",
  "HashMap",
  "HashSet",
  "Inspectable",
  "Iterable",
  "JSONSchema",
  "List",
  "Match",
  "NonEmptyIterable",
  "Number",
  "Option",
  "Order",
  "Ordering",
  "ParseResult",
  "Pipeable",
  "Predicate",
  "Pretty",
  "Record",
  "Redacted",
  "RegExp",
  "Schema",
  "SchemaAST",
  "SortedMap",
  "SortedSet",
  "String",
  "Struct",
  "Symbol",
  "Trie",
  "Tuple",
  "Types",
  "Unify"
]

const effectData = `node_modules/effect/dist/(esm|dts)/(${dataModules.join("|")})\\.(js|d\\.ts)$`

const places = "^src/(mod\\.ts$|(domain|effects|cli)/|layers/(shared|memory|oci|criu|docker|containerd|http)/)"

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "domain-is-pure",
      comment: "domain/ imports itself, Effect's data modules (by subpath) and the protobuf library; nothing else.",
      severity: "error",
      from: { path: "^src/domain/" },
      to: { pathNot: ["^src/domain/", effectData, "node_modules/@bufbuild/protobuf/"] }
    },
    {
      name: "effects-know-no-layer",
      comment: "effects/ imports domain/, effect and @effect/platform: no layer, no host, no node: module.",
      severity: "error",
      from: { path: "^src/effects/" },
      to: { pathNot: ["^src/(domain|effects)/", "node_modules/effect/", "node_modules/@effect/platform/"] }
    },
    {
      name: "shared-knows-no-world",
      comment: "layers/shared/ is what worlds stand on: it imports none of them.",
      severity: "error",
      from: { path: "^src/layers/shared/" },
      to: { path: "^src/", pathNot: "^src/(domain|effects|layers/shared)/" }
    },
    {
      name: "worlds-are-apart",
      comment: "One world of layers/ does not import another, nor the command line, nor the library's door.",
      severity: "error",
      from: { path: "^src/layers/([^/]+)/" },
      to: { path: "^src/", pathNot: "^src/(domain|effects|layers/shared|layers/$1)/" }
    },
    {
      name: "door-opens-on-services",
      comment: "mod.ts re-exports domain/ and effects/; a world has an entry point of its own.",
      severity: "error",
      from: { path: "^src/mod\\.ts$" },
      to: { pathNot: "^src/(domain|effects)/" }
    },
    {
      name: "cli-is-last",
      comment: "Nothing imports the command line.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/cli/" },
      to: { path: "^src/cli/" }
    },
    {
      name: "every-file-has-a-place",
      comment:
        "src/ holds mod.ts, domain/, effects/, layers/<world>/ and cli/; a file elsewhere would escape the rule.",
      severity: "error",
      from: { path: "^src/", pathNot: places },
      to: {}
    },
    {
      name: "nothing-from-elsewhere",
      comment: "The same, seen from the file that imports it.",
      severity: "error",
      from: {},
      to: { path: "^src/", pathNot: places }
    },
    {
      name: "subpath-imports-only",
      comment: "Effect's packages are imported by subpath (effect/Schema): a barrel costs start-up time.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "node_modules/(effect|@effect/[^/]+)/dist/(esm|dts|cjs)/index\\.(js|d\\.ts)$" }
    },
    {
      name: "no-cycle",
      comment: "Two files that need each other are one concept, or a third one is missing.",
      severity: "error",
      from: { path: "^src/" },
      to: { circular: true }
    },
    {
      name: "resolves",
      comment: "Every import leads to a file.",
      severity: "error",
      from: { path: "^src/" },
      to: { couldNotResolve: true }
    },
    {
      name: "source-stands-alone",
      comment: "src/ imports nothing of the tests, the scripts or the examples.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|scripts|examples|bench|lab|dist)/" }
    }
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] }
  }
}
