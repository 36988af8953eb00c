/**
 * Everything under `/api`, as Next mounts it. The handlers live in `server/http/`, once; the custom server calls the same
 * function before Next for the hot paths, because a route handler in Next costs forty times what the function costs.
 */
import { getHandle } from '../../../server/handle.ts'

export const dynamic = 'force-dynamic'

const answer = (request: Request) => getHandle().api(request)

export { answer as DELETE, answer as GET, answer as HEAD, answer as OPTIONS, answer as PATCH, answer as POST, answer as PUT }
