import { notFound } from 'next/navigation'
import { CanvasPage } from '../../../components/canvas/CanvasPage.tsx'
import { canvasIdPattern } from '../../../lib/canvas.ts'

export default async function Page({ params }: { params: Promise<{ canvas: string }> }) {
  const { canvas } = await params
  if (!canvasIdPattern.test(canvas)) notFound()
  return <CanvasPage canvasId={canvas} key={canvas} />
}
