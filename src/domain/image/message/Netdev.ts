/** CRIU's `images/netdev.proto`. */
import { MacvlanLinkEntry } from "./Macvlan.ts"
import { SitEntry } from "./Sit.ts"
import { SysctlEntry } from "./Sysctl.ts"
import { TunLinkEntry } from "./Tun.ts"
import {
  bytes,
  define,
  enumeration,
  int32,
  nested,
  optional,
  repeated,
  required,
  string,
  uint32,
  type Value
} from "../Message.ts"

/** A network namespace, by the number that another one knows it by. */
const NetnsId = define("netns_id", {
  target_ns_id: required(1, uint32),
  netnsid_value: required(2, int32)
})

/** The settings of a network namespace. */
export const NetnsEntry = define("netns_entry", {
  def_conf: repeated(1, int32),
  all_conf: repeated(2, int32),
  def_conf4: repeated(3, nested(SysctlEntry)),
  all_conf4: repeated(4, nested(SysctlEntry)),
  def_conf6: repeated(5, nested(SysctlEntry)),
  all_conf6: repeated(6, nested(SysctlEntry)),
  nsids: repeated(7, nested(NetnsId)),
  ext_key: optional(8, string),
  unix_conf: repeated(9, nested(SysctlEntry)),
  ipv4_sysctl: repeated(10, nested(SysctlEntry))
})
/** The settings of a network namespace. */
export type NetnsEntry = Value<typeof NetnsEntry>

/** The kinds of network devices. */
const NdType = enumeration({
  LOOPBACK: 1,
  VETH: 2,
  TUN: 3,
  EXTLINK: 4,
  VENET: 5,
  BRIDGE: 6,
  MACVLAN: 7,
  SIT: 8
})

/** A network device. */
export const NetDeviceEntry = define("net_device_entry", {
  type: required(1, NdType),
  ifindex: required(2, uint32),
  mtu: required(3, uint32),
  flags: required(4, uint32),
  name: required(5, string),
  tun: optional(6, nested(TunLinkEntry)),
  address: optional(7, bytes),
  conf: repeated(8, int32),
  conf4: repeated(9, nested(SysctlEntry)),
  conf6: repeated(10, nested(SysctlEntry)),
  macvlan: optional(11, nested(MacvlanLinkEntry)),
  peer_ifindex: optional(12, uint32),
  peer_nsid: optional(13, uint32),
  master: optional(14, uint32),
  sit: optional(15, nested(SitEntry))
})
/** A network device. */
export type NetDeviceEntry = Value<typeof NetDeviceEntry>
