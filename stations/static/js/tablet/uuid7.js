/** A UUIDv7 (RFC 9562): 48 bits of milliseconds, then chance. */
export function uuid7(now = Date.now(), chance = crypto.getRandomValues(new Uint8Array(16))) {
  const bytes = Uint8Array.from(chance);
  for (let n = 0; n < 6; n += 1) bytes[n] = Math.floor(now / 2 ** (8 * (5 - n))) % 256;
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const digits = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
