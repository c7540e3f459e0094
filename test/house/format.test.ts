// Every file is laid out alike.
import { refuses } from "./refuses.ts"

refuses("format", /^(?= *from )/m, [
  {
    what: "semicolons and single quotes",
    file: "src/domain/Foreign.ts",
    text: "export const one = 'one';\n",
    says: "from"
  }
])
