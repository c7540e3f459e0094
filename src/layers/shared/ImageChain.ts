/**
 * Images that build on others: the chain of links by which CRIU finds the pages that it skipped.
 *
 * It looks and never acts.
 */
import type * as CriuLog from "./CriuLog.ts"
import * as KernelFile from "./KernelFile.ts"

/** What is wrong with the chain that begins with these images; `undefined` where all of it is there. */
export const broken = (images: string): CriuLog.Verdict | undefined => {
  const gone = missingParent(images)
  return gone === undefined
    ? undefined
    : { reason: "FileMissing", detail: `the images that it builds on are gone ("${gone}")` }
}

/** Where images should be that these build on, by the links that CRIU follows, and are not. One that leads in a circle ends. */
const missingParent = (images: string): string | undefined => {
  const link = KernelFile.link(`${images}/parent`)
  if (link === undefined) return undefined
  const parent = link.startsWith("/") ? link : `${images}/${link}`
  return KernelFile.exists(`${parent}/inventory.img`) ? missingParent(parent) : parent
}
