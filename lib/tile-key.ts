/** A tile's name among those of all canvases, as `main/3`: for keeping something by tile. Neither id can have a slash in it. */
export const tileKey = ({ canvas, tile }: { readonly canvas: string; readonly tile: number }) => `${canvas}/${tile}`
