/** What a socket to the kernel is about (netlink(7), the kernel's `include/uapi/linux/netlink.h`). */

const names: Readonly<Record<number, string>> = {
  0: "route",
  2: "user",
  4: "sock-diag",
  5: "nflog",
  6: "xfrm",
  7: "selinux",
  8: "iscsi",
  9: "audit",
  10: "fib-lookup",
  11: "connector",
  12: "netfilter",
  15: "kobject-uevent",
  16: "generic",
  18: "scsi",
  19: "ecryptfs",
  20: "rdma",
  21: "crypto"
}

/** The name of a protocol; what has none is its number. */
export const nameOf = (protocol: number): string => names[protocol] ?? `${protocol}`
