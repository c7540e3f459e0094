/** CRIU's `images/cpuinfo.proto`. */
import {
  define,
  enumeration,
  nested,
  optional,
  repeated,
  required,
  string,
  uint32,
  uint64,
  type Value
} from "../Message.ts"

/** The makers of x86 processors. */
const CpuinfoX86EntryVendor = enumeration({
  UNKNOWN: 0,
  INTEL: 1,
  AMD: 2
})

/** Which byte of a number comes first. */
const CpuinfoPpc64EntryEndianness = enumeration({
  BIGENDIAN: 0,
  LITTLEENDIAN: 1
})

/** What a processor of IBM Z can do. */
const CpuinfoS390Entry = define("cpuinfo_s390_entry", {
  hwcap: repeated(2, uint64)
})

/** What a processor of x86 is and can do. */
const CpuinfoX86Entry = define("cpuinfo_x86_entry", {
  vendor_id: required(1, CpuinfoX86EntryVendor),
  cpu_family: required(2, uint32),
  model: required(3, uint32),
  stepping: required(4, uint32),
  capability_ver: required(5, uint32),
  capability: repeated(6, uint32),
  model_id: optional(7, string),
  xfeatures_mask: optional(8, uint64),
  xsave_size: optional(9, uint32),
  xsave_size_max: optional(10, uint32)
})

/** What a processor of POWER can do. */
const CpuinfoPpc64Entry = define("cpuinfo_ppc64_entry", {
  endian: required(1, CpuinfoPpc64EntryEndianness),
  hwcap: repeated(2, uint64)
})

/** The processors of the machine of the dump. */
export const CpuinfoEntry = define("cpuinfo_entry", {
  x86_entry: repeated(1, nested(CpuinfoX86Entry)),
  ppc64_entry: repeated(2, nested(CpuinfoPpc64Entry)),
  s390_entry: repeated(3, nested(CpuinfoS390Entry))
})
/** The processors of the machine of the dump. */
export type CpuinfoEntry = Value<typeof CpuinfoEntry>
