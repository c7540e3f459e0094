/**
 * The images that are not CRIU's to lay out, and have no number: they are known by their names alone (`criu/image-desc.c`).
 *
 * What is in them is memory as it was, or what another program wrote and will read.
 */

/** By CRIU's names, in small letters: what a file is called; the first group is the id in the name. */
export const rawKinds: Readonly<Record<string, RegExp>> = {
  /** Memory, in the order of the page map that names its id. */
  pages: /^pages-(\d+)\.img$/,
  /** What `tar` wrote of a file system in memory; the id is that of a mount, or of a device. */
  tmpfs_img: /^tmpfs-(\d+)\.tar\.gz\.img$/,
  tmpfs_dev: /^tmpfs-dev-(\d+)\.tar\.gz\.img$/,
  // What `ip` and the programs of the firewall wrote of a network namespace.
  ifaddr: /^ifaddr-(\d+)\.img$/,
  route: /^route-(\d+)\.img$/,
  route6: /^route6-(\d+)\.img$/,
  rule: /^rule-(\d+)\.img$/,
  iptables: /^iptables-(\d+)\.img$/,
  ip6tables: /^ip6tables-(\d+)\.img$/,
  nftables: /^nftables-(\d+)\.img$/,
  // The kernel's own messages about tracked connections and what it expects of them.
  netnf_ct: /^netns-ct-(\d+)\.img$/,
  netnf_exp: /^netns-exp-(\d+)\.img$/
}
