import type { Metadata } from 'next'
import { CanvasPage } from '../components/canvas/CanvasPage.tsx'
import { RenderAnew } from '../components/RenderAnew.tsx'
import { StartPage } from '../components/start/StartPage.tsx'
import { metadataOfBoard, readList, readStart } from './site.ts'

export const generateMetadata = async (): Promise<Metadata> => {
  const start = await readStart()
  return start.kind === 'board' ? metadataOfBoard(start.id) : {}
}

/** The host's default board, the only board, or the list of them. */
export default async function Page() {
  const start = await readStart()
  if (start.kind === 'board') return <CanvasPage canvasId={start.id} key={start.id} />
  return (
    <RenderAnew>
      <StartPage {...(await readList())} />
    </RenderAnew>
  )
}
