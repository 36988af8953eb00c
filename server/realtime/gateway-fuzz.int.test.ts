/**
 * Several clients, packed and JSON, paint, watch, disconnect and return, while the stream loses commits and the process is restarted.
 * Decisions come from a seed; their timing is that of real sockets.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Socket } from 'socket.io-client'
import { afterEach, expect, test, vi } from 'vitest'
import { Random } from '../../chaos/random.ts'
import { asEpoch, asSeq, asTile, type Epoch } from '../../lib/brand.ts'
import { positionOf } from '../../lib/geometry.ts'
import { type FollowAction, type Frame, TileFollower } from '../../lib/tile-follower.ts'
import { type PixelPlaced, unpackFrame } from '../broadcasting/frame.ts'
import type { Store } from '../store/port.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { closeAll, connect, main, start } from './gateway.fixture.ts'

afterEach(closeAll)

type Process = Awaited<ReturnType<typeof start>>
type Answer = { epoch: string; tiles: { tile: number; head: number; mode: 'live' | 'replay' | 'reload' }[] }

const { tileSize } = testCanvas()
const tiles = [0, 1, 256, 257]
/** All pixels are placed in one corner of each tile, so that most of them collide. */
const contested = 5

class FuzzClient {
  readonly format: 'packed' | 'json'
  readonly followers = new Map(tiles.map((tile) => [tile, new TileFollower()]))
  /** The contested pixels at each seq at which something was drawn. */
  readonly shown: { tile: number; seq: number; colors: string }[] = []
  readonly modes = { live: 0, replay: 0, reload: 0 }
  gaps = 0
  socket: Socket | null = null
  #epoch: Epoch | null = null
  #parts: PixelPlaced[] = []

  constructor(format: 'packed' | 'json') {
    this.format = format
  }

  async comeBack(process: Process) {
    const socket = await connect(process.url)
    this.socket = socket
    this.#parts = []
    socket.on('disconnect', () => {
      if (this.socket === socket) this.socket = null
    })
    socket.on('pixels', (_canvas: string, tile: number, from: number, to: number, data: string) =>
      this.#draw(tile, { from, to, ...unpackFrame(data, tileSize * tileSize) }),
    )
    socket.on('pixel_placed', (event: PixelPlaced) => this.#gather(event))
    await this.join(process)
  }

  async join(process: Process) {
    const { socket } = this
    const wanted = [...this.followers].map(([tile, follower]) => ({ tile, seq: follower.seq() }))
    const asked = { canvas: main, tiles: wanted, format: this.format, ...(this.#epoch ? { epoch: this.#epoch } : {}) }
    const answer: Answer | undefined = await socket
      ?.timeout(5_000)
      .emitWithAck('join', asked)
      .catch(() => undefined)
    if (!answer) return
    this.#epoch = asEpoch(answer.epoch)
    for (const { tile, mode } of answer.tiles) {
      this.modes[mode]++
      if (mode !== 'reload') continue
      const board = await process.tiles.board({ canvas: main, tile: asTile(tile) })
      if (board) this.#took(tile, this.followers.get(tile)?.board(board))
    }
  }

  dropOff() {
    this.socket?.disconnect()
    this.socket = null
  }

  #gather(event: PixelPlaced) {
    this.#parts.push(event)
    if (event.index < event.count - 1) return
    const pixels = this.#parts.flatMap((part) =>
      'gx' in part ? [{ position: positionOf(tileSize, part), color: testCanvas().palette.indexOf(part.color) }] : [],
    )
    this.#parts = []
    pixels.sort((a, b) => a.position - b.position)
    this.#draw(event.tile, {
      from: event.seq,
      to: event.seq,
      positions: Uint32Array.from(pixels, ({ position }) => position),
      colors: Uint8Array.from(pixels, ({ color }) => color),
    })
  }

  #draw(tile: number, frame: Frame) {
    this.#took(tile, this.followers.get(tile)?.frame(frame))
  }

  #took(tile: number, action: FollowAction | undefined) {
    if (action?.do === 'join') this.gaps++
    const follower = this.followers.get(tile)
    const [seq, colors] = [follower?.seq(), follower?.colors()]
    if (typeof seq === 'number' && colors) this.shown.push({ tile, seq, colors: colors.subarray(0, contested).join() })
  }
}

/** The contested pixels of a tile after each commit. */
const historyOf = async (store: Store, tile: number) => {
  const colors = new Uint8Array(tileSize * tileSize)
  const history = [colors.subarray(0, contested).join()]
  for (;;) {
    const page = await store.readCommits({ canvas: main, tile: asTile(tile), after: asSeq(history.length - 1), limit: 1_000 })
    if (page?.kind !== 'page' || page.commits.length === 0) return history
    for (const { pixels } of page.commits) {
      for (const { position, color } of pixels) colors[position] = color
      history.push(colors.subarray(0, contested).join())
    }
  }
}

const live = async (seed: number) => {
  const random = new Random(seed)
  let process = await start()
  const { store, stream } = process
  const clients = [new FuzzClient('packed'), new FuzzClient('packed'), new FuzzClient('packed'), new FuzzClient('json')]
  const did = { painted: 0, lost: 0, droppedOff: 0, restarts: 0 }

  const paintOne = async () => {
    const [gx, gy] = [random.below(2) * tileSize + random.below(contested), random.below(2) * tileSize]
    await process.place(gx, random.below(4), { gy })
    did.painted++
  }
  const moveOne = async () => {
    const client = clients[random.below(clients.length)]
    if (!client?.socket) return client?.comeBack(process)
    client.dropOff()
    did.droppedOff++
  }
  const loseSome = () => {
    did.lost++
    vi.spyOn(stream, 'append').mockImplementationOnce(async (commits) => commits.map(() => ({ kind: 'appended' })))
  }
  const restart = async () => {
    did.restarts++
    await process.stop()
    process = await start({ store, stream })
  }

  for (let step = 0; step < 300; step++) {
    const dice = random.below(100)
    if (dice < 80) await paintOne()
    else if (dice < 94) await moveOne()
    else if (dice < 98) loseSome()
    else if (step % 3 === 0) await restart()
    if (step === 150) await restart()
    if (random.chance(0.3)) await nextTurn()
  }
  // Clients that are behind the heads join again.
  await vi.waitFor(
    async () => {
      await process.broadcaster.checkHeads()
      for (const client of clients) await (client.socket ? client.join(process) : client.comeBack(process))
      for (const tile of tiles) {
        const board = await store.readBoard({ canvas: main, tile: asTile(tile) })
        expect((await store.backlog()).unsequenced).toBe(0)
        for (const { followers } of clients) expect(followers.get(tile)?.seq()).toBe(board?.seq)
      }
    },
    { timeout: 20_000, interval: 50 },
  )
  return { clients, store, did }
}

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`A2 A3 A4 clients that disconnect and return end with the same bytes, seed ${seed}`, async () => {
    const { clients, store, did } = await live(seed)
    for (const tile of tiles) {
      const [board, history] = [await store.readBoard({ canvas: main, tile: asTile(tile) }), await historyOf(store, tile)]
      for (const { followers, shown } of clients) {
        expect(followers.get(tile)?.colors()).toEqual(board?.colors)
        for (const { seq, colors } of shown.filter((moment) => moment.tile === tile)) expect(colors).toBe(history[seq])
      }
    }
    // Over a network that loses nothing, a room never skips a commit.
    expect(clients.map(({ gaps }) => gaps)).toEqual([0, 0, 0, 0])
    const modes = clients.map(({ modes: { replay, reload } }) => [replay, reload])
    expect(Math.min(...modes.flat()), 'each client was replayed something and fetched a board').toBeGreaterThan(0)
    expect(Math.min(did.painted - 200, did.lost, did.droppedOff, did.restarts), JSON.stringify(did)).toBeGreaterThan(0)
  })
}
