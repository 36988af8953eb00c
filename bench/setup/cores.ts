/** Which core is whose. Load that shared the server's core would measure the two of them together. */
export const serverCore = 0
export const loadCore = 1
export const bothCores = '0,1'
export type Core = typeof serverCore | typeof loadCore | typeof bothCores
