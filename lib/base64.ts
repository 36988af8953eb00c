import { MalformedFrame } from './codec.ts'

/** Decodes Base64 (RFC 4648, section 4) in a browser. The server uses Buffer, which is faster. @throws {MalformedFrame} */
export const bytesFromBase64 = (text: string): Uint8Array => {
  const binary = binaryOf(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

const binaryOf = (text: string) => {
  try {
    return atob(text)
  } catch (cause) {
    throw new MalformedFrame('not base64', { cause })
  }
}
