'use client'

import encodeQR from 'qr'
import { useMemo } from 'react'

/** One path of squares. A border of four modules is part of the code (ISO/IEC 18004). */
const modulesOf = (text: string) => {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 4 })
  const path = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
  return { size: rows.length, path }
}

/** Black on white in both themes, because many readers need it. */
export const QrCode = ({ text, label }: { text: string; label: string }) => {
  const { size, path } = useMemo(() => modulesOf(text), [text])
  return (
    <svg
      role="img"
      aria-label={label}
      data-testid="qr"
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="mx-auto block w-44 rounded-[8px] border border-line bg-white"
    >
      <path d={path} className="fill-black" />
    </svg>
  )
}
