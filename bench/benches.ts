/** All benchmarks, in the order of docs/PERFORMANCE.md. */
import type { Bench } from './framework/bench.ts'
import { g01 } from './g01-posts.ts'
import { g02 } from './g02-driver.ts'
import { g03 } from './g03-group-commit.ts'
import { g04 } from './g04-latency.ts'
import { g05 } from './g05-thousand.ts'
import { g05m } from './g05m-services.ts'
import { g06 } from './g06-frame-cost.ts'
import { g07 } from './g07-bytes.ts'
import { g08 } from './g08-board-bytes.ts'
import { g09 } from './g09-memory.ts'
import { g10 } from './g10-panning.ts'
import { g11 } from './g11-return.ts'
import { g12 } from './g12-gateways.ts'
import { g13 } from './g13-start.ts'
import { g14 } from './g14-publishers.ts'
import { g15 } from './g15-fight.ts'
import { g16 } from './g16-at-ease.ts'
import { g17 } from './g17-partitions.ts'
import { g18 } from './g18-boards.ts'
import { g19 } from './g19-deletion.ts'
import { g20 } from './g20-templates.ts'

export const benches: readonly Bench[] = [
  g01,
  g02,
  g03,
  g04,
  g05,
  g05m,
  g06,
  g07,
  g08,
  g09,
  g10,
  g11,
  g12,
  g13,
  g14,
  g15,
  g16,
  g17,
  g18,
  g19,
  g20,
]
