-- What both scripts about presence begin with: changing a user's connections, and taking back what the dead had said.
--
-- KEYS  1 totals: hash, user by connections; the user '' stands for all who did not say who they are
--       2 workers: zset, worker by when it is held to be dead, in ms since 1970
--         Each worker has a hash like the totals, too: totals, ':', worker.
-- ARGV  1 the signal's channel in Redis
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function change(user, difference)
  if difference == 0 then return end
  local after = redis.call('HINCRBY', KEYS[1], user, difference)
  local before = after - difference
  if after <= 0 then redis.call('HDEL', KEYS[1], user) end
  if user == '' then return end
  if before <= 0 and after > 0 then redis.call('PUBLISH', ARGV[1], 'J' .. user) end
  if before > 0 and after <= 0 then redis.call('PUBLISH', ARGV[1], 'L' .. user) end
end

local function expire()
  for _, worker in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now))) do
    local key = KEYS[1] .. ':' .. worker
    local counts = redis.call('HGETALL', key)
    for index = 1, #counts, 2 do change(counts[index], -counts[index + 1]) end
    redis.call('DEL', key)
    redis.call('ZREM', KEYS[2], worker)
  end
end
