/**
 * Types for numbers and strings that must not be mixed. A brand costs nothing at run time. A value gets its brand where outside
 * input is parsed, or in the function that computes it.
 */
declare const brand: unique symbol
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name }

/** `a-z 0-9 -`, 1 to 32 characters. */
export type CanvasId = Brand<string, 'CanvasId'>
/** The id of one history of a canvas, eight characters. */
export type Epoch = Brand<string, 'Epoch'>
/** `ty × 256 + tx`. */
export type TileNumber = Brand<number, 'TileNumber'>
/** `y × tileSize + x` inside a tile. */
export type Position = Brand<number, 'Position'>
/** The position of a commit in its tile's log: 1, 2, 3 … without gaps. 0 means that there is no commit yet. */
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
