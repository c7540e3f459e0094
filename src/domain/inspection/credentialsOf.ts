/** The credentials of a task, from its `core` image. */
import * as Capabilities from "../image/Capabilities.ts"
import type { CredsEntry } from "../image/message/Creds.ts"
import * as SecureBits from "../image/SecureBits.ts"
import type { Credentials } from "./Credentials.ts"

/** Says in words who a task is. */
export const credentialsOf = (creds: CredsEntry): Credentials => ({
  user: { real: creds.uid, effective: creds.euid, saved: creds.suid, filesystem: creds.fsuid },
  group: { real: creds.gid, effective: creds.egid, saved: creds.sgid, filesystem: creds.fsgid },
  groups: creds.groups,
  capabilities: {
    effective: Capabilities.namesIn(creds.cap_eff),
    permitted: Capabilities.namesIn(creds.cap_prm),
    inheritable: Capabilities.namesIn(creds.cap_inh),
    bounding: Capabilities.namesIn(creds.cap_bnd),
    ambient: Capabilities.namesIn(creds.cap_amb)
  },
  secureBits: SecureBits.wordsOf(creds.secbits),
  noNewPrivileges: (creds.no_new_privs ?? 0) !== 0,
  ...(creds.lsm_profile === undefined ? {} : { label: creds.lsm_profile })
})
