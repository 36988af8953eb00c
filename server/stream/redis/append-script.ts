/**
 * Appends commits of one canvas, each only as the next one of its tile. Atomic as a whole: Redis runs nothing else meanwhile.
 *
 * KEYS  1 the stream · 2 the canvas's tails
 * ARGV  1 epoch · then for each commit: tile, seq, meta, pixels
 *
 * Answers `{'epoch', <the stream's epoch or ''>}` when the epoch is another one, and nothing was changed. Otherwise `{'ok', …}` with two
 * items per commit: `appended` or `duplicate` or `gap`, and the tile's tail (-1 for none) as it was before a gap.
 */
export const appendScript = `
local epoch = redis.call('HGET', KEYS[2], 'epoch')
if epoch ~= ARGV[1] then return {'epoch', epoch or ''} end
local answer = {'ok'}
for i = 2, #ARGV, 4 do
  local tile, seq = ARGV[i], tonumber(ARGV[i + 1])
  local known = redis.call('HGET', KEYS[2], tile)
  local tail = tonumber(known or 0)
  if known and seq <= tail then
    answer[#answer + 1] = 'duplicate'
  elseif seq == tail + 1 then
    redis.call('XADD', KEYS[1], '*', 'm', ARGV[i + 2], 'p', ARGV[i + 3])
    redis.call('HSET', KEYS[2], tile, seq)
    answer[#answer + 1] = 'appended'
  else
    answer[#answer + 1] = 'gap'
  end
  answer[#answer + 1] = known and tail or -1
end
return answer
`

/** KEYS 1 the canvas's tails · ARGV 1 epoch. Another epoch's tails are forgotten. Answers 1 when the epoch changed, else 0. */
export const adoptScript = `
if redis.call('HGET', KEYS[1], 'epoch') == ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'epoch', ARGV[1])
return 1
`

/** KEYS 1 the canvas's tails · ARGV 1 epoch, 2 tile, 3 tail. Raises a tail, of the stream's epoch only. Answers 1 when it did, else 0. */
export const seedScript = `
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
local tail = tonumber(redis.call('HGET', KEYS[1], ARGV[2]) or -1)
if tonumber(ARGV[3]) <= tail then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
return 1
`
