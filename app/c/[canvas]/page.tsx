import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { CanvasPage } from '../../../components/canvas/CanvasPage.tsx'
import { canvasIdPattern } from '../../../lib/canvas.ts'
import { metadataOfBoard } from '../../site.ts'

interface PageProps {
  readonly params: Promise<{ canvas: string }>
}

export const generateMetadata = async ({ params }: PageProps): Promise<Metadata> => metadataOfBoard((await params).canvas)

export default async function Page({ params }: PageProps) {
  const { canvas } = await params
  if (!canvasIdPattern.test(canvas)) notFound()
  return <CanvasPage canvasId={canvas} key={canvas} />
}
