/**
 * Appends commits of one canvas, each only as the next one of its tile. Redis runs nothing else meanwhile.
 *
 * KEYS  1 the stream · 2 the canvas's heads
 * ARGV  1 epoch · then for each commit: tile, seq, meta, pixels
 *
 * Answers `{'epoch', <the stream's epoch or ''>}` when the epoch is another one, and nothing was changed. Otherwise `{'ok', …}` with two
 * items per commit: `appended` or `duplicate` or `gap`, and the tile's head (-1 for none) as it was before a gap.
 *
 * Heads are read and written once for all commits, since each command costs time. An XADD that can fail (the key is no stream, no memory is left) fails
 * for the first commit, so no entry is above the heads.
 */
export const appendScript = `
local heads, fields = {}, {'epoch'}
for i = 2, #ARGV, 4 do
  local tile = ARGV[i]
  if not heads[tile] then
    fields[#fields + 1] = tile
    heads[tile] = -1
  end
end
local known = redis.call('HMGET', KEYS[2], unpack(fields))
if known[1] ~= ARGV[1] then return {'epoch', known[1] or ''} end
for i = 2, #fields do
  if known[i] then heads[fields[i]] = tonumber(known[i]) end
end
local answer = {'ok'}
for i = 2, #ARGV, 4 do
  local tile, seq = ARGV[i], tonumber(ARGV[i + 1])
  local head = heads[tile]
  local kind = 'gap'
  if seq <= head then
    kind = 'duplicate'
  elseif seq == math.max(head, 0) + 1 then
    redis.call('XADD', KEYS[1], '*', 'm', ARGV[i + 2], 'p', ARGV[i + 3])
    kind = 'appended'
    heads[tile] = seq
  end
  answer[#answer + 1] = kind
  answer[#answer + 1] = head
end
local raised = {}
for i = 2, #fields do
  local tile = fields[i]
  if heads[tile] > tonumber(known[i] or -1) then
    raised[#raised + 1] = tile
    raised[#raised + 1] = heads[tile]
  end
end
if #raised > 0 then redis.call('HSET', KEYS[2], unpack(raised)) end
return answer
`

/**
 * KEYS 1 the canvas's heads · ARGV 1 epoch, 2 the epoch that it replaces, or ''. Removes the heads of the former epoch. Answers 1 when the epoch
 * changed, else 0.
 */
export const adoptScript = `
local known = redis.call('HGET', KEYS[1], 'epoch') or ''
if known == ARGV[1] or known ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'epoch', ARGV[1])
return 1
`

/** KEYS 1 the canvas's heads · ARGV 1 epoch, 2 tile, 3 head. Raises a head, of the stream's epoch only. Answers 1 when it did, else 0. */
export const seedScript = `
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
local head = tonumber(redis.call('HGET', KEYS[1], ARGV[2]) or -1)
if tonumber(ARGV[3]) <= head then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
return 1
`
