/**
 * Numbers and strings that look alike but must never be mixed.
 *
 * A brand costs nothing at run time. Values get theirs in one place each: at the edge, where outside input is parsed,
 * or in the function that computes them.
 */
declare const brand: unique symbol
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name }

/** `a-z 0-9 -`, 1 to 32 characters. */
export type CanvasId = Brand<string, 'CanvasId'>
/** Eight characters that name one history of a canvas. */
export type Epoch = Brand<string, 'Epoch'>
/** `ty × 256 + tx`. */
export type TileNumber = Brand<number, 'TileNumber'>
/** `y × tileSize + x` inside a tile. */
export type Position = Brand<number, 'Position'>
/** The place of a commit in its tile's log: 1, 2, 3 … without gaps; 0 is "nothing yet". */
export type Seq = Brand<number, 'Seq'>
/** `p_…`. */
export type PainterId = Brand<string, 'PainterId'>
export type CommitId = Brand<string, 'CommitId'>
/** `<commit id>.<index>`. */
export type PlacementId = Brand<string, 'PlacementId'>

export const asCanvasId = (value: string) => value as CanvasId
export const asEpoch = (value: string) => value as Epoch
export const asTile = (value: number) => value as TileNumber
export const asPosition = (value: number) => value as Position
export const asSeq = (value: number) => value as Seq
export const asPainterId = (value: string) => value as PainterId
export const asCommitId = (value: string) => value as CommitId
export const asPlacementId = (value: string) => value as PlacementId

export const noSeq: Seq = asSeq(0)
