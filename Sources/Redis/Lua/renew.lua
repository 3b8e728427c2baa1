-- Gives a channel's history another epoch, unless somebody has done so already.
--
-- KEYS  1 meta: see publish.lua
-- ARGV  1 the epoch it should have   2 the new one
if redis.call('HGET', KEYS[1], 'epoch') == ARGV[1] then
  redis.call('HSET', KEYS[1], 'epoch', ARGV[2])
  return 1
end
return 0
