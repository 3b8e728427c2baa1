-- Says what one worker has. Begins with presence.lua.
--
-- ARGV  2 the worker   3 ms until it is held to be dead   4 '1' if whoever is not named has no connections
--       5 and on: user and connections, in turns
-- Returns 1 if the worker was known, else 0.
expire()
local worker, life = ARGV[2], tonumber(ARGV[3])
local key = KEYS[1] .. ':' .. worker
local known = redis.call('ZSCORE', KEYS[2], worker) and 1 or 0
-- What it said when it was known before is not in the totals any more.
if known == 0 then redis.call('DEL', key) end

local named = {}
for index = 5, #ARGV, 2 do
  local user, count = ARGV[index], tonumber(ARGV[index + 1])
  named[user] = true
  change(user, count - (tonumber(redis.call('HGET', key, user)) or 0))
  if count > 0 then
    redis.call('HSET', key, user, count)
  else
    redis.call('HDEL', key, user)
  end
end
if ARGV[4] == '1' then
  for _, user in ipairs(redis.call('HKEYS', key)) do
    if not named[user] then
      change(user, -redis.call('HGET', key, user))
      redis.call('HDEL', key, user)
    end
  end
end

if redis.call('EXISTS', key) == 1 then
  redis.call('ZADD', KEYS[2], string.format('%.0f', now + life), worker)
  -- Longer than it lives, so that somebody is there to take back what it said.
  redis.call('PEXPIRE', key, 10 * life)
else
  redis.call('ZREM', KEYS[2], worker)
end
redis.call('PEXPIRE', KEYS[1], 10 * life)
redis.call('PEXPIRE', KEYS[2], 10 * life)
return known
