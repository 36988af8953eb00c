/** A key for a tile among all canvases, such as `main/3`. Neither id has a slash. */
export const tileKey = ({ canvas, tile }: { readonly canvas: string; readonly tile: number }) => `${canvas}/${tile}`
