/** A target for tests of what is sent: nothing listens there. */
import { place2022 } from '../../lib/palette.ts'
import type { Target } from './attack.ts'

export const testTarget: Target = {
  host: '127.0.0.1:1',
  adminToken: 'the-admin-token-of-a-test-that-sends-nothing',
  tokens: ['token-one', 'token-two'],
  guestCookie: 'fresco_session=guest',
  canvas: { width: 256, height: 256, palette: place2022.map(({ hex }) => hex) },
}
