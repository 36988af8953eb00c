/** Streams a picture: each part is made in turn when its reader requests it, and a slow reader is cut off. */
import type { CostlyWork } from './costly-work.ts'
import type { OpenPicture } from './open-pictures.ts'

export interface ReadingPictureOptions {
  readonly source: ReadableStream<Uint8Array>
  readonly picture: OpenPicture
  readonly costly: Pick<CostlyWork, 'part'>
}

/** Closes the picture when it ends, fails, or is cut off, or when its reader disconnects. */
export const readingPicture = ({ source, picture, costly }: ReadingPictureOptions): ReadableStream<Uint8Array> => {
  const reader = source.getReader()
  const end = (reason: unknown) => {
    picture.close()
    return reader.cancel(reason)
  }
  return new ReadableStream(
    {
      start(controller) {
        picture.signal.addEventListener('abort', () => {
          controller.error(picture.signal.reason)
          end(picture.signal.reason).catch(() => undefined)
        })
      },
      async pull(controller) {
        try {
          const next = await picture.part(() => costly.part(() => reader.read()))
          if (picture.signal.aborted) return
          if (!next.done) return controller.enqueue(next.value)
          picture.close()
          controller.close()
        } catch (error) {
          picture.close()
          throw error
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  )
}
