import type { Clock } from '../clock.ts'
import type { Store } from './port.ts'

/** The time for schedules and announcements: the same in all processes, also when their clocks differ. */
export const storeTime = async (store: Pick<Store, 'serverTime'>, clock: Pick<Clock, 'now'>) => (await store.serverTime()) ?? clock.now()
