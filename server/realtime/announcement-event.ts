import type { Announcement } from '../../lib/announcement.ts'
import type { CanvasId } from '../../lib/brand.ts'
import { type AnnouncementEvent, showAnnouncement } from '../../lib/show-canvas.ts'

/** The arguments of the event that tells a socket or a room about a new announcement. */
export const announcementEvent = (canvas: CanvasId, announcement: Announcement): [name: string, event: AnnouncementEvent] => [
  'announcement',
  { canvas, ...showAnnouncement(announcement) },
]
