export const announcementLevels = ['info', 'important'] as const
export type AnnouncementLevel = (typeof announcementLevels)[number]

/** A message to everybody on a board. */
export interface Announcement {
  /** The id of its entry in the control log. Another one for each announcement, so that a page shows each once. */
  readonly id: string
  /** 1 to 280 characters of plain text. */
  readonly text: string
  readonly level: AnnouncementLevel
  readonly atMs: number
  /** Until when it is shown. Null: until another one replaces it. */
  readonly untilMs: number | null
}
