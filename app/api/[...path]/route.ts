/**
 * Next's mount of everything under `/api`. The handlers are in `server/http/`. For most paths the custom server calls the same function
 * before Next, because a route handler in Next takes forty times as long as the function.
 */
import { getHandle } from '../../../server/handle.ts'

export const dynamic = 'force-dynamic'

const answer = (request: Request) => getHandle().api(request)

export { answer as DELETE, answer as GET, answer as HEAD, answer as OPTIONS, answer as PATCH, answer as POST, answer as PUT }
