/** The size of a JPEG, WebP or GIF by its header, so that a picture that is too large is refused before a browser decodes it. */

interface Size {
  readonly width: number
  readonly height: number
}

/** Null if it is none of these, or damaged. */
export const bitmapSize = (bytes: Uint8Array): Size | null => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const size = jpegSize(view) ?? webpSize(view) ?? gifSize(view)
    return size && size.width > 0 && size.height > 0 ? size : null
  } catch (error) {
    // It ends within its header.
    if (error instanceof RangeError) return null
    throw error
  }
}

const textAt = (view: DataView, at: number, length: number) =>
  String.fromCharCode(...Array.from({ length }, (_, i) => view.getUint8(at + i)))

/** Frames begin with a marker from C0 to CF, without C4, C8 and CC (ITU T.81, table B.1). */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

const jpegSize = (view: DataView): Size | null => {
  if (view.getUint16(0) !== 0xffd8) return null
  let at = 2
  while (at < view.byteLength) {
    if (view.getUint8(at) !== 0xff) return null
    const marker = view.getUint8(at + 1)
    // Fill bytes may stand before a marker, and some markers have no length.
    if (marker === 0xff) at += 1
    else if (marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) at += 2
    else if (isFrame(marker)) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    else at += 2 + view.getUint16(at + 2)
  }
  return null
}

/** RFC 9649. */
const webpSize = (view: DataView): Size | null => {
  if (textAt(view, 0, 4) !== 'RIFF' || textAt(view, 8, 4) !== 'WEBP') return null
  const uint24 = (at: number) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
  switch (textAt(view, 12, 4)) {
    case 'VP8X':
      return { width: uint24(24) + 1, height: uint24(27) + 1 }
    case 'VP8L': {
      const bits = view.getUint32(21, true)
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
    }
    case 'VP8 ':
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
    default:
      return null
  }
}

const gifSize = (view: DataView): Size | null =>
  /^GIF8[79]a$/.test(textAt(view, 0, 6)) ? { width: view.getUint16(6, true), height: view.getUint16(8, true) } : null
