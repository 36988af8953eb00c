import { asCanvasId, asEpoch } from '../../../../lib/brand.ts'
import type { AdminCanvas } from '../../../../lib/show-canvas.ts'

export const board: AdminCanvas = {
  protocol: 1,
  id: asCanvasId('main'),
  title: 'Main board',
  epoch: asEpoch('epoch'),
  rev: 3,
  width: 200,
  height: 120,
  tileSize: 256,
  tilesX: 1,
  tilesY: 1,
  palette: ['#FFFFFF', '#000000'],
  colorNames: ['white', 'black'],
  background: 0,
  cooldownMs: 2_500,
  maxCharges: 10,
  startCharges: 5,
  state: 'open',
  online: 2,
}
