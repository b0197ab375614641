import type { JSONWebKeySet } from "jose";
import { z } from "zod";

const LONGEST = 256 * 1024;
const Metadata = z.object({ issuer: z.string(), jwks_uri: z.string() });
const KeySet = z.object({
  keys: z
    .array(z.looseObject({ kty: z.string() }))
    .min(1)
    .max(100),
});

/**
 * An issuer's published keys and the address they came from; `known` saves looking that address up again.
 *
 * The address comes from the issuer's own metadata (OpenID Connect Discovery 1.0, else RFC 8414), never from a token.
 * @throws Error when the issuer cannot be reached, is not who it should be, or publishes no usable keys
 */
export async function findKeySet(issuer: string, known: string | undefined, timeoutMs: number) {
  const address = known ?? (await keysAddress(issuer, timeoutMs));
  const { keys } = KeySet.parse(await readJson(address, timeoutMs));
  // A symmetric key among public ones would let anyone who reads them sign.
  const keySet = { keys: keys.filter((key) => ["RSA", "EC", "OKP"].includes(key.kty)) } as JSONWebKeySet;
  return { keySet, address };
}

async function keysAddress(issuer: string, timeoutMs: number): Promise<string> {
  const base = new URL(issuer);
  const path = base.pathname.replace(/\/$/, "");
  const metadata =
    (await readJson(`${base.origin}${path}/.well-known/openid-configuration`, timeoutMs)) ??
    (await readJson(`${base.origin}/.well-known/oauth-authorization-server${path}`, timeoutMs));
  const { issuer: named, jwks_uri } = Metadata.parse(metadata);
  if (named !== issuer) throw new Error("the metadata is another issuer's");
  const address = new URL(jwks_uri);
  if (address.protocol !== "https:" && address.protocol !== base.protocol) throw new Error("the keys are served without TLS");
  return address.href;
}

/** The JSON at an address, or undefined when it answers with anything but success. */
async function readJson(address: string, timeoutMs: number): Promise<unknown> {
  const response = await fetch(address, {
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
    headers: { accept: "application/json, application/jwk-set+json" },
  });
  if (!response.ok) {
    await response.body?.cancel();
    return undefined;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > LONGEST) throw new Error("the issuer's answer is too long");
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}
