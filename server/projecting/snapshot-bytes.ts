/** Compresses the bytes of snapshots with zstd, on libuv's threads. */
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)
const level = 6

export const packColors = (colors: Uint8Array): Promise<Uint8Array> =>
  compress(colors, { params: { [constants.ZSTD_c_compressionLevel]: level } })

/** Null if the bytes are damaged. */
export const unpackColors = async (bytes: Uint8Array): Promise<Uint8Array | null> => {
  try {
    const { buffer, byteOffset, byteLength } = await decompress(bytes)
    return new Uint8Array(buffer, byteOffset, byteLength)
  } catch {
    return null
  }
}
