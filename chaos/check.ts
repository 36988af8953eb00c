/** What must be true at the end of a simulated life (DESIGN: A2, A3, A4). Answers every wrong that it finds, in words. */
import { asSeq } from '../lib/brand.ts'
import { placementId } from '../lib/commit.ts'
import { contestedPixels, tileRef, type World } from './world.ts'

const same = (a: Uint8Array | null | undefined, b: Uint8Array) => a !== null && a !== undefined && Buffer.from(a).equals(b)

export const checkWorld = async (world: World): Promise<string[]> => {
  const wrongs: string[] = []
  const page = await world.store.readCommits({ ...tileRef, after: asSeq(0), limit: 100_000 })
  const commits = page?.kind === 'page' ? page.commits : []
  const board = await world.store.readBoard(tileRef)
  const backlog = await world.store.backlog()
  if (backlog.unsequenced + backlog.unpublished > 0)
    wrongs.push(`A2 ${backlog.unsequenced + backlog.unpublished} commits were never published`)

  for (const [index, { seq }] of commits.entries()) if (seq !== index + 1) wrongs.push(`a gap or a double in the log at ${seq}`)

  const logged = commits.flatMap((commit) => commit.pixels.map((_, index) => placementId(commit.id, index)))
  if (new Set(logged).size !== logged.length) wrongs.push('a placement is in the log twice')
  for (const id of world.acknowledged) if (!logged.includes(id as never)) wrongs.push(`A2 the acknowledged ${id} is not in the log`)

  const fold = new Uint8Array(8 * 8)
  const pixels = new Map<number, { color: number; atMs: number }>()
  /** The contested pixels after each commit. */
  const folds = [fold.subarray(0, contestedPixels).join()]
  for (const { seq, atMs, pixels: changed } of commits) {
    for (const { position, color, previous } of changed) {
      const before = pixels.get(position)
      if (before && before.color !== previous) wrongs.push(`seq ${seq} replaces a colour that was not there`)
      if (before && before.atMs >= atMs) wrongs.push(`seq ${seq} is not later than what it replaces`)
      pixels.set(position, { color, atMs })
      fold[position] = color
    }
    folds.push(fold.subarray(0, contestedPixels).join())
  }
  if (!same(board?.colors, fold)) wrongs.push('A4 the pixels of the store are not the fold of its log')

  for (const [number, gateway] of world.gateways.entries()) {
    const held = await gateway.tiles.board(tileRef)
    if (held?.seq !== commits.length) wrongs.push(`A2 gateway ${number} stands at ${held?.seq} of ${commits.length}`)
    if (!same(held?.colors, fold)) wrongs.push(`A4 the board of gateway ${number} is not the fold of the log`)
  }
  for (const [number, { follower, drawn, shown }] of world.clients.entries()) {
    if (follower.seq() !== commits.length) wrongs.push(`A2 client ${number} stands at ${follower.seq()} of ${commits.length}`)
    if (!same(follower.colors(), fold)) wrongs.push(`A4 client ${number} does not show the fold of the log`)
    for (const { seq, colors } of shown) {
      if (colors !== folds[seq]) wrongs.push(`A4 client ${number} at ${seq} showed ${colors} instead of ${folds[seq]}`)
    }
    for (const { from, to, before } of drawn) {
      if (before !== null && (from > before + 1 || to <= before)) wrongs.push(`A3 client ${number} at ${before} drew ${from} to ${to}`)
    }
  }
  return wrongs
}
