/** Arbitrary images of a kind, written as CRIU lays them out, with what lies behind their entries. */
import * as FastCheck from "effect/FastCheck"
import * as ImageFile from "../../../src/domain/image/ImageFile.ts"
import type { AnyKind } from "../../../src/domain/image/ImageKind.ts"
import { encode } from "../../../src/domain/image/writeMessage.ts"
import { IpcMsg } from "../../../src/domain/image/message/IpcMsg.ts"
import { arbitraryMessage } from "./arbitraryMessage.ts"

/** An image, and what is in it. */
export interface Written {
  readonly bytes: Uint8Array
  readonly head: ImageFile.Entry<unknown> | undefined
  readonly entries: ReadonlyArray<ImageFile.Entry<unknown>>
}

type Fields = Readonly<Record<string, unknown>>

/** Of the kinds with more than messages: the fields that tell how much lies behind an entry, and that. */
const behind: Readonly<Record<string, (content: Uint8Array) => readonly [fields: Fields, extra: Uint8Array]>> = {
  pipes_data: (content) => [{ bytes: content.length }, content],
  fifo_data: (content) => [{ bytes: content.length }, content],
  sk_queues: (content) => [{ length: content.length }, content],
  tcp_stream: (content) => [{ inq_len: content.length, outq_len: 2 }, Uint8Array.of(...content, 1, 2)],
  bpfmap_data: (content) => [{ keys_bytes: content.length, values_bytes: 1 }, Uint8Array.of(...content, 1)],
  ipcns_sem: (content) => [{ nsems: content.length }, padded(Uint8Array.of(...content, ...content), 8)],
  ipcns_shm: (content) =>
    content.length === 3
      ? [{ size: 0xffff_ffffn, in_pagemaps: true }, new Uint8Array()]
      : [{ size: BigInt(content.length), in_pagemaps: undefined }, padded(content, 4)],
  ipcns_msg: (content) => {
    const message = encode(IpcMsg, { mtype: 1n, msize: content.length })
    const one = [message.length, 0, 0, 0, ...message, ...padded(content, 8)]
    return [{ qnum: 2 }, Uint8Array.of(...one, ...one)]
  },
  ghost_file: (content) => [{ len: BigInt(content.length) }, content]
}

const padded = (content: Uint8Array, whole: number): Uint8Array => {
  const bytes = new Uint8Array(Math.ceil(content.length / whole) * whole)
  bytes.set(content)
  return bytes
}

/** Images of a kind. */
export const arbitraryImage = (kind: AnyKind): FastCheck.Arbitrary<Written> =>
  FastCheck.record({
    head: kind.head === undefined ? FastCheck.constant(undefined) : arbitraryMessage(kind.head, 1),
    values: FastCheck.array(
      FastCheck.record({
        value: arbitraryMessage(kind.entry, 2),
        content: FastCheck.uint8Array({ maxLength: 20 })
      }),
      { maxLength: 3 }
    )
  }).map(({ head, values }) => {
    const entries = values.map(({ content, value }) => {
      const [fields, extra] = behind[kind.name]?.(content) ?? [{}, new Uint8Array()]
      return { value: Object.assign({}, value, fields), extra }
    })
    const first = kind.head === undefined ? undefined : {
      value: Object.assign({}, head, kind.name === "ghost_file" ? { chunks: true } : {}),
      extra: new Uint8Array()
    }
    return { bytes: ImageFile.write(kind, entries, first), head: first, entries }
  })
