/** Base64 for the browser (RFC 4648, section 4). The server has Buffer, which is faster. */
export const bytesFromBase64 = (text: string): Uint8Array => {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}
