import { expect, test } from 'vitest'
import { readPicture } from '../../server/pictures/picture.ts'
import { testCanvas } from '../../server/store/store.fixture.ts'
import { Random } from '../random.ts'
import { testTarget } from './fuzz.fixture.ts'
import { pictureAttacks } from './picture-attacks.ts'

const canvas = testCanvas({ ...testTarget.canvas })

test.each(Object.entries(pictureAttacks))('%s: no picture that the fuzzer sends can be painted', async (_name, make) => {
  const random = new Random(1)
  for (let count = 0; count < 30; count++) {
    const [sending] = make(random, testTarget)
    const bytes = sending?.do === 'send' ? sending.bytes : ''
    const query = new URLSearchParams(/\?(\S*)/.exec(bytes)?.[1] ?? '')
    const number = (name: string) => Number(query.get(name) ?? 0)
    const [gx, gy] = [number('gx'), number('gy')]
    // The route refuses a value that is not a whole number or not a switch.
    if (!Number.isInteger(gx) || !Number.isInteger(gy) || query.get('nearest') === 'maybe') continue
    const png = Buffer.from(bytes.slice(bytes.indexOf('\r\n\r\n') + 4), 'latin1')
    const read = await readPicture({ png, canvas, gx, gy, nearest: query.get('nearest') === 'true' })
    expect(read.ok, bytes.slice(0, 200)).toBe(false)
  }
})
