/** The address by which a caller without a token is told apart: whole, or the first 64 bits of IPv6, all of which one subscriber may use. */
export function addressOf(ip: string): string {
  return ip.includes(":") && !ip.startsWith("::ffff:") ? prefixOf(ip) : ip;
}

function prefixOf(ip: string): string {
  const [head = "", tail] = ip.split("::");
  const groups = head.split(":");
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === "" ? 0 : tail.split(":").length);
  return [...groups, ...Array.from({ length: missing }, () => "0"), ...(tail ?? "").split(":")].slice(0, 4).join(":");
}
