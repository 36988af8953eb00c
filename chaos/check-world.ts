/** Checks at the end of a simulated run (A2, A3, A4, C3). Returns each violation as a sentence. */
import { asSeq, type TileNumber } from '../lib/brand.ts'
import { placementId, type SequencedCommit } from '../lib/commit.ts'
import { canvasOfEntry, canvasOfLog, controlTile } from '../lib/control-log.ts'
import { checkUndos } from './check-undos.ts'
import type { World } from './world.ts'

const same = (a: Uint8Array | null | undefined, b: Uint8Array | undefined) =>
  a !== null && a !== undefined && b !== undefined && Buffer.from(a).equals(b)

export const checkWorld = async (world: World): Promise<string[]> => [
  ...world.violations,
  ...world.scheduler.failures,
  ...(await checkOutbox(world)),
  ...checkIntents(world),
  ...checkUndos(world.store.ledger.values(), undosOf(world)),
  ...(await checkControlLog(world)),
  ...(await checkSchedule(world)),
  ...(await checkClients(world)),
  ...(await Promise.all(world.tiles.map((tile) => checkTile(world, tile)))).flat(),
]

const undosOf = ({ painters: { undos }, store: { deadLetters }, canvas: { background } }: World) => ({ undos, deadLetters, background })

const checkOutbox = async ({ store, painters }: World): Promise<string[]> => {
  const violations: string[] = []
  const { unsequenced, unpublished } = await store.backlog()
  if (!painters.done) violations.push('A1 a painter still waits for an answer')
  if (unsequenced + unpublished > 0) violations.push(`A2 ${unsequenced + unpublished} commits were never published`)
  return violations
}

/** Every acknowledged placement is in the log once, and no intent is in the log twice. */
const checkIntents = ({ painters, store }: World): string[] => {
  const violations: string[] = []
  const placedBy = new Map<string, number>()
  const logged = new Set<string>()
  for (const commit of [...store.ledger.values(), store.deadLetters].flat()) {
    const group = commit.id.slice(0, commit.id.indexOf('-'))
    placedBy.set(group, (placedBy.get(group) ?? 0) + commit.pixels.length)
    for (const index of commit.pixels.keys()) {
      const id = placementId(commit.id, index)
      if (logged.has(id)) violations.push(`A3 ${id} is in the log twice`)
      logged.add(id)
    }
  }
  for (const { groups, pixels, acknowledged } of painters.intents) {
    const placed = groups.reduce((sum, group) => sum + (placedBy.get(group) ?? 0), 0)
    if (placed > pixels) violations.push(`A1 ${pixels} pixels were wanted and ${placed} placed`)
    for (const id of acknowledged ?? []) if (!logged.has(id)) violations.push(`A2 the acknowledged ${id} is not in the log`)
    if (acknowledged && new Set(acknowledged).size !== pixels)
      violations.push(`A1 ${pixels} pixels were wanted and ${acknowledged.length} acknowledged`)
  }
  return violations
}

/** The control log, also the entries that became dead letters. */
const changesOf = (store: World['store']) => {
  const deadLetters = new Map(store.deadLetters.map((entry) => [entry.id, entry]))
  return (store.ledger.get(controlTile) ?? []).map((entry) => ({
    id: entry.id,
    changed: canvasOfEntry(deadLetters.get(entry.id) ?? entry),
  }))
}

/** Every acknowledged step has run once, and every other one at most once. */
const checkSchedule = async ({ hosts, store, canvas }: World): Promise<string[]> => {
  const violations: string[] = []
  const times = new Map<string, number>()
  for (const { id, changed } of changesOf(store)) {
    const { announcement } = changed ?? {}
    if (announcement?.id === id) times.set(announcement.text, (times.get(announcement.text) ?? 0) + 1)
  }
  for (const step of hosts.acknowledged) if (!times.has(step)) violations.push(`E1 the step ${step} never ran`)
  for (const [step, count] of times) if (count > 1) violations.push(`E1 the step ${step} ran ${count} times`)
  const late = (await store.getCanvas(canvas.id))?.schedule?.length ?? 0
  if (late > 0) violations.push(`E1 ${late} steps are still in the schedule`)
  return violations
}

/** Every acknowledged change is in the control log once, the revisions ascend by one, and the last one is the stored canvas. */
const checkControlLog = async ({ staff, store, canvas }: World): Promise<string[]> => {
  const violations: string[] = []
  const changes = changesOf(store).map(({ changed }) => changed)
  for (const [index, change] of changes.entries()) {
    if (change?.rev !== canvas.rev + index + 1) violations.push(`A3 the control log has rev ${change?.rev} at seq ${index + 1}`)
  }
  for (const title of staff.acknowledged) {
    const times = changes.filter((change, index) => change?.title === title && changes[index - 1]?.title !== title).length
    if (times !== 1) violations.push(`A2 the acknowledged change ${title} is in the control log ${times} times`)
  }
  const [last, stored] = [changes.at(-1) ?? canvas, await store.getCanvas(canvas.id)]
  if (
    last.rev !== stored?.rev ||
    last.title !== stored.title ||
    last.width !== stored.width ||
    last.palette.length !== stored.palette.length
  )
    violations.push(`A2 the canvas has rev ${stored?.rev}, and its control log ${last.rev}`)
  return violations
}

/** No client got a frame that needed a newer canvas than it had, and all have the stored one. */
const checkClients = async ({ clients, store, canvas }: World): Promise<string[]> => {
  const stored = await store.getCanvas(canvas.id)
  return clients.flatMap((client, number) => [
    ...client.unfit.map((frame) => `C3 client ${number} got a frame of ${frame}, which needs a newer canvas`),
    ...(client.canvas.rev === stored?.rev ? [] : [`A2 client ${number} has rev ${client.canvas.rev}, and the canvas ${stored?.rev}`]),
  ])
}

/** The board after each commit, by seq, and the violations within the log itself. */
const foldLog = (log: readonly SequencedCommit[], { cells, background }: { cells: number; background: number }) => {
  const violations: string[] = []
  const boards = [new Uint8Array(cells).fill(background)]
  const times = new Map<number, number>()
  for (const { seq, atMs, pixels } of log) {
    const board = Uint8Array.from(boards.at(-1) ?? [])
    for (const { position, color, previous } of pixels) {
      if (board[position] !== previous) violations.push(`seq ${seq} replaces a colour that was not there`)
      if ((times.get(position) ?? 0) >= atMs) violations.push(`seq ${seq} is not later than what it replaces`)
      times.set(position, atMs)
      board[position] = color
    }
    boards.push(board)
  }
  return { boards, violations }
}

/**
 * A client may have shown a dead letter until a later commit sets its pixels. Such a commit always exists: a placement, or the rollback
 * that restores the former color. Returns the expected board with the pixels of dead letters as the client showed them.
 */
const excuseDeadLetters = ({ log, deadLetters }: { log: readonly SequencedCommit[]; deadLetters: readonly SequencedCommit[] }) => {
  const untilSeq = (from: number, position: number) =>
    log.find(({ seq, pixels }) => seq > from && pixels.some((pixel) => pixel.position === position))?.seq ?? from
  return (expected: Uint8Array | undefined, shown: { seq: number; colors: Uint8Array }) => {
    const excused = expected && Uint8Array.from(expected)
    for (const { seq, pixels } of deadLetters) {
      for (const { position, color } of pixels) {
        const isExcused = shown.seq >= seq && shown.seq < untilSeq(seq, position) && shown.colors[position] === color
        if (excused && isExcused) excused[position] = color
      }
    }
    return excused
  }
}

const checkTile = async (world: World, tile: TileNumber): Promise<string[]> => {
  const { store, gateways, clients } = world
  const canvas = (await store.getCanvas(world.canvas.id)) ?? world.canvas
  const log = store.ledger.get(tile) ?? []
  if (!canvasOfLog(canvas, tile)) return log.length === 0 ? [] : [`tile ${tile} is outside the canvas and has a log`]
  const ref = { canvas: canvas.id, tile }
  const { boards, violations } = foldLog(log, { cells: (canvasOfLog(canvas, tile)?.tileSize ?? 0) ** 2, background: canvas.background })
  const fold = boards.at(-1)
  const excuse = excuseDeadLetters({ log, deadLetters: store.deadLetters.filter((commit) => commit.tile === tile) })

  const stored = await store.readBoard(ref)
  if (stored?.seq !== log.length) violations.push(`the store's head is ${stored?.seq} of ${log.length}`)
  if (!same(stored?.colors, fold)) violations.push('A4 the pixels of the store are not the fold of its log')
  violations.push(...(await checkKeptLog(world, tile, log)))

  for (const gateway of gateways) {
    const live = gateway.tiles.live().find((each) => each.ref.tile === tile)
    if (!live && gateway.watched(ref)) violations.push('A2 a gateway has dropped a tile that clients have joined')
    if (live && live.head !== log.length) violations.push(`A2 a gateway stands at ${live.head} of ${log.length}`)
    if (live && !same(live.copy().colors, fold)) violations.push('A4 the board of a gateway is not the fold of the log')
  }

  for (const [number, client] of clients.entries()) {
    const { follower, drawn = [], shown = [] } = client.tiles.get(tile) ?? {}
    if (follower?.seq() !== log.length) violations.push(`A2 client ${number} stands at ${follower?.seq()} of ${log.length}`)
    if (!same(follower?.colors(), fold)) violations.push(`A4 client ${number} does not show the fold of the log`)
    for (const { seq, colors } of shown)
      if (!same(colors, excuse(boards[seq], { seq, colors }))) violations.push(`A4 client ${number} showed a wrong board at ${seq}`)
    for (const { from, to, before } of drawn) {
      if (from > before + 1 || to <= before) violations.push(`A3 client ${number} at ${before} drew ${from} to ${to}`)
    }
  }
  return violations.map((wrong) => `tile ${tile}: ${wrong}`)
}

/** Every page of the outbox continues the log, and reports expired entries as trimmed. */
const checkKeptLog = async ({ store, canvas }: World, tile: TileNumber, log: readonly SequencedCommit[]): Promise<string[]> => {
  const violations: string[] = []
  let after = 0
  while (after < log.length) {
    const read = await store.readCommits({ canvas: canvas.id, tile, after: asSeq(after), limit: 5 })
    if (read?.kind === 'trimmed' && read.oldestKept > after + 1) {
      after = read.oldestKept - 1
      continue
    }
    const commits = read?.kind === 'page' ? read.commits : []
    if (commits.length === 0) return [...violations, `the log ends at ${after} of ${log.length}`]
    for (const { id, seq } of commits) {
      if (seq !== after + 1 || id !== log[after]?.id) violations.push(`a page holds ${seq} ${id} after ${after}`)
      after = seq
    }
  }
  return violations
}
