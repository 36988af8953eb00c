/** The pixels of one `POST /api/pixels/batch`. */
export const maxBatchPixels = 256
