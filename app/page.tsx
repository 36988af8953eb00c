import { CanvasPage } from '../components/canvas/CanvasPage.tsx'

export default function Page() {
  return <CanvasPage canvasId="main" />
}
