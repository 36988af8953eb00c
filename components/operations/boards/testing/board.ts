import { canvasOf } from '../../../../lib/canvas.fixture.ts'
import { type AdminCanvas, showAdminCanvas } from '../../../../lib/show-canvas.ts'

const canvas = canvasOf({
  title: 'Main board',
  rev: 3,
  width: 200,
  height: 120,
  tileSize: 256,
  palette: ['#FFFFFF', '#000000'],
  cooldownMs: 2_500,
  maxCharges: 10,
  startCharges: 5,
})

export const board: AdminCanvas = showAdminCanvas(canvas, { online: 2, perSecond: 1.5 })
