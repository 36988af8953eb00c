/**
 * A gateway of a simulated life: the real tile cache and the real broadcaster, and rooms of simulated connections in place of
 * sockets. It joins clients as the real one does: catching up and entering the room is one block without an await.
 */
import type { Epoch, Seq, TileNumber } from '../lib/brand.ts'
import { judge } from '../lib/client-rule.ts'
import type { Frame } from '../lib/tile-follower.ts'
import { Broadcaster } from '../server/broadcasting/broadcaster.ts'
import type { FrameSink, TileFrame } from '../server/broadcasting/port.ts'
import { TileCache } from '../server/broadcasting/tile-cache.ts'
import { noFailpoints } from '../server/failpoints.ts'
import { silentLogger } from '../server/observability/log.ts'
import type { TileRef } from '../server/store/port.ts'
import { readerMethods, streamFailure } from './simulated-stream.ts'
import { withFaults } from './faults.ts'
import type { Actor } from './scheduler.ts'
import type { World } from './world.ts'
