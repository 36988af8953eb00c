'use client'

import { useEffect, useRef } from 'react'
import { rgbOf } from '../../../lib/palette.ts'
import { noCell, type TemplatePicture } from '../../../lib/templates/template.ts'

/** Colors by number, such as a palette. */
type ColorOf = (number: number) => string | undefined

export const drawPicture = (canvas: HTMLCanvasElement, { width, height, cells }: TemplatePicture, colorOf: ColorOf) => {
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d')
  if (!context) return
  const image = context.createImageData(width, height)
  const colors = new Map<number, number>()
  const argb = new Uint32Array(image.data.buffer)
  for (let at = 0; at < cells.length; at++) {
    const number = cells[at] as number
    if (number === noCell) continue
    let color = colors.get(number)
    if (color === undefined) {
      const [red, green, blue] = rgbOf(colorOf(number) ?? '#000000')
      color = (255 << 24) | (blue << 16) | (green << 8) | red
      colors.set(number, color)
    }
    argb[at] = color
  }
  context.putImageData(image, 0, 0)
}

/** A small picture of a template. */
export const PicturePreview = ({
  picture,
  palette,
  className,
}: {
  picture: TemplatePicture
  palette: readonly string[]
  className: string
}) => {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    if (canvas.current) drawPicture(canvas.current, picture, (number) => palette[number])
  }, [picture, palette])
  return (
    <canvas
      ref={canvas}
      aria-hidden
      className={`shrink-0 rounded-[8px] border border-line object-contain [image-rendering:pixelated] ${className}`}
    />
  )
}
