-- Puts a notification into an inbox. Begins with inbox.lua.
--
-- KEYS  7 the idempotency key, if there is one: its value is the id of the notification that was put in with it
-- ARGV  4 the signal's channel in Redis   5, 6 the notification before and behind the place of its id
--       7 ms that it lives   8 notifications to keep   9 ms that the idempotency key lives
-- Returns the notification's id.
if KEYS[7] then
  local earlier = redis.call('GET', KEYS[7])
  if earlier then return earlier end
end
advance()
local offset = text(redis.call('HINCRBY', KEYS[1], 'offset', 1))
local id = offset .. '-' .. epoch
local notification = ARGV[5] .. '"id":"' .. id .. '",' .. ARGV[6]
redis.call('HSET', KEYS[2], offset, notification)
redis.call('ZADD', KEYS[3], offset, offset)
redis.call('ZADD', KEYS[4], text(now + ARGV[7]), offset)
local excess = redis.call('ZCARD', KEYS[3]) - ARGV[8]
if excess > 0 then
  remove(redis.call('ZRANGE', KEYS[3], 0, excess - 1))
  redis.call('HINCRBY', KEYS[1], 'dropped', excess)
end
expire(math.max(ARGV[1], ARGV[7]))
if KEYS[7] then redis.call('SET', KEYS[7], id, 'PX', ARGV[9]) end
redis.call('PUBLISH', ARGV[4], 'N' .. id .. ' ' .. notification)
return id
