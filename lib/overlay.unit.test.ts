import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asPosition, asSeq, asTile } from './brand.ts'
import { Overlay } from './overlay.ts'
import { TileFollower } from './tile-follower.ts'
import { TileLog } from './tile-log-model.fixture.ts'

const tile = asTile(0)
const at = asPosition

/** A tab: an overlay on top of a follower that receives frames. */
const createTab = (log = new TileLog()) => {
  const overlay = new Overlay()
  const follower = new TileFollower()
  follower.board(log.board(log.head))
  return {
    log,
    overlay,
    seq: () => follower.seq() ?? asSeq(0),
    board: (position: number) => follower.colors()?.[position] ?? 0,
    visible: (position: number) => overlay.at(tile, at(position)) ?? follower.colors()?.[position],
    paint: (key: string, position: number, color: number) => overlay.add({ key, tile, position: at(position), color }),
    /** Receives one frame with the commits up to `to`. */
    receive(to: number) {
      const frame = log.frame((follower.seq() ?? 0) + 1, to)
      follower.frame(frame)
      const colors = new Map([...frame.positions].map((position, i) => [position, frame.colors[i] ?? 0]))
      return overlay.advance({ tile, tileSeq: asSeq(to), colorAt: (position) => colors.get(position) ?? null })
    },
    setSeq: (key: string, seq: number) => overlay.setSeq(key, asSeq(seq), follower.seq()),
  }
}

describe('an optimistic pixel', () => {
  test('is shown at once', () => {
    const tab = createTab()
    tab.paint('a', 3, 7)
    expect([tab.visible(3), tab.visible(4), tab.overlay.size, tab.overlay.has('a')]).toEqual([7, 0, 1, true])
    expect(tab.overlay.at(asTile(1), at(3))).toBeNull()
  })

  test('that is refused is removed alone', () => {
    const tab = createTab()
    tab.paint('a', 3, 7)
    tab.paint('b', 4, 8)
    expect(tab.overlay.refuse('a')).toMatchObject({ key: 'a', position: 3 })
    expect([tab.visible(3), tab.visible(4)]).toEqual([0, 8])
  })

  test("that is refused shows another painter's newer pixel under it", () => {
    const tab = createTab()
    tab.paint('a', 3, 7)
    tab.receive(tab.log.append([[3, 5]]))
    expect(tab.visible(3)).toBe(7)
    tab.overlay.refuse('a')
    expect(tab.visible(3)).toBe(5)
  })

  test('that is refused shows an older optimistic pixel under it', () => {
    const tab = createTab()
    tab.paint('a', 3, 7)
    tab.paint('b', 3, 8)
    expect(tab.visible(3)).toBe(8)
    tab.overlay.refuse('b')
    expect(tab.visible(3)).toBe(7)
  })

  test('does not flicker if the answer arrives before the frame', () => {
    const tab = createTab()
    tab.paint('a', 3, 7)
    expect(tab.overlay.confirm('a')).toBeNull()
    expect(tab.visible(3)).toBe(7)
    expect(tab.receive(tab.log.append([[3, 7]]))).toMatchObject([{ key: 'a' }])
    expect([tab.visible(3), tab.overlay.size]).toEqual([7, 0])
  })

  test('does not flicker if the frame arrives before the answer', () => {
    const tab = createTab()
    tab.paint('a', 3, 7)
    expect(tab.receive(tab.log.append([[3, 7]]))).toEqual([])
    expect([tab.visible(3), tab.overlay.size]).toEqual([7, 1])
    expect(tab.overlay.confirm('a')).toMatchObject({ key: 'a' })
    expect([tab.visible(3), tab.overlay.size]).toEqual([7, 0])
  })

  test('that was painted over before its frame arrived leaves when the receipt has its seq', () => {
    const tab = createTab()
    tab.paint('a', 3, 7)
    tab.overlay.confirm('a')
    const seq = tab.log.append([[3, 7]])
    tab.receive(tab.log.append([[3, 5]]))
    expect(tab.visible(3)).toBe(7)
    expect(tab.setSeq('a', seq)).toMatchObject({ key: 'a' })
    expect([tab.visible(3), tab.overlay.size]).toEqual([5, 0])
  })

  test('with a known seq leaves with the frame that includes it, whatever color the frame has', () => {
    const tab = createTab()
    tab.paint('a', 3, 7)
    tab.overlay.confirm('a')
    const seq = tab.log.append([[3, 7]])
    expect(tab.setSeq('a', seq)).toBeNull()
    expect(tab.visible(3)).toBe(7)
    expect(tab.receive(tab.log.append([[3, 5]]))).toMatchObject([{ key: 'a' }])
    expect(tab.visible(3)).toBe(5)
  })

  test('does not leave because of another tile', () => {
    const tab = createTab()
    tab.paint('a', 3, 7)
    tab.overlay.confirm('a')
    expect(tab.overlay.advance({ tile: asTile(1), tileSeq: asSeq(9), colorAt: () => 7 })).toEqual([])
    expect(tab.visible(3)).toBe(7)
  })

  test('that is unknown or has left changes nothing', () => {
    const tab = createTab()
    expect([tab.overlay.confirm('x'), tab.overlay.refuse('x'), tab.setSeq('x', 1)]).toEqual([null, null, null])
  })
})

/** Optimistic pixels, commits of other painters, and messages in any order. Optimistic colors are odd, the others even. */
const steps = fc.array(
  fc.record({
    do: fc.constantFrom('paint', 'paint', 'save', 'save', 'refuse', 'other', 'other', 'frame', 'frame', 'answer', 'answer', 'receipt'),
    position: fc.nat(1),
    pick: fc.nat(20),
  }),
  { maxLength: 60, size: 'max' },
)

interface Painted {
  readonly key: string
  readonly position: number
  readonly color: number
  /** Null until the server has saved it. */
  seq: number | null
  refused: boolean
  /** The messages that the tab has received. */
  answered: boolean
  informed: boolean
}

/** A painter in a tab. `act` does one step, or nothing if there is no pixel for it. */
const createPainter = (tab: ReturnType<typeof createTab>) => {
  const painted: Painted[] = []
  let colors = 0
  const nextColor = (odd: number) => ((colors++ * 2) % 254) + 1 + odd

  const answer = (pixel: Painted) => {
    pixel.answered = true
    if (pixel.refused) tab.overlay.refuse(pixel.key)
    else tab.overlay.confirm(pixel.key)
  }
  const inform = (pixel: Painted) => {
    pixel.informed = true
    tab.setSeq(pixel.key, pixel.seq as number)
  }

  const act = ({ do: what, position, pick }: { do: string; position: number; pick: number }) => {
    const among = (which: (pixel: Painted) => boolean) => {
      const candidates = painted.filter(which)
      return candidates[pick % Math.max(1, candidates.length)]
    }
    const undecided = among(({ seq, refused }) => seq === null && !refused)
    const unanswered = among(({ seq, refused, answered }) => (seq !== null || refused) && !answered)
    const uninformed = among(({ seq, answered, informed }) => seq !== null && answered && !informed)
    if (what === 'paint') {
      const pixel = {
        key: `k${painted.length}`,
        position,
        color: nextColor(0),
        seq: null,
        refused: false,
        answered: false,
        informed: false,
      }
      painted.push(pixel)
      tab.paint(pixel.key, position, pixel.color)
    } else if (what === 'save' && undecided) undecided.seq = tab.log.append([[undecided.position, undecided.color]])
    else if (what === 'refuse' && undecided) undecided.refused = true
    else if (what === 'other') tab.log.append([[position, nextColor(1)]])
    else if (what === 'frame' && tab.seq() < tab.log.head) tab.receive(tab.seq() + 1 + (pick % (tab.log.head - tab.seq())))
    else if (what === 'answer' && unanswered) answer(unanswered)
    else if (what === 'receipt' && uninformed) inform(uninformed)
  }
  return { painted, act, answer, inform }
}

test('with any messages in any order, an optimistic pixel stays until the board includes it, and in the end the board is shown', () => {
  let ended = 0
  let shown = 0
  fc.assert(
    fc.property(steps, (script) => {
      const tab = createTab()
      const { painted, act, answer, inform } = createPainter(tab)
      for (const step of script) {
        act(step)
        for (const position of [0, 1]) {
          const newest = painted.findLast((pixel) => pixel.position === position && !(pixel.refused && pixel.answered))
          if (newest && (newest.seq === null || tab.seq() < newest.seq)) {
            expect(tab.visible(position)).toBe(newest.color)
            shown++
          }
          const underWay = painted.some((pixel) => pixel.position === position && tab.overlay.has(pixel.key))
          if (!underWay) expect(tab.visible(position)).toBe(tab.board(position))
        }
      }

      for (const pixel of painted) if (pixel.seq === null && !pixel.refused) pixel.seq = tab.log.append([[pixel.position, pixel.color]])
      if (tab.seq() < tab.log.head) tab.receive(tab.log.head)
      for (const pixel of painted) if (!pixel.answered) answer(pixel)
      for (const pixel of painted) if (pixel.seq !== null && !pixel.informed) inform(pixel)
      expect(tab.overlay.size).toBe(0)
      const { colors: folded } = tab.log.board(tab.log.head)
      expect([tab.visible(0), tab.visible(1)]).toEqual([folded[0], folded[1]])
      ended += painted.length
    }),
    { numRuns: 500 },
  )
  expect(ended).toBeGreaterThan(500)
  expect(shown).toBeGreaterThan(500)
})
