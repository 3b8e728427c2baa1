-- Moves a device's cursor forward, and what the user has read. Begins with inbox.lua.
--
-- ARGV  4 the device   5, 6 the offset that it acknowledges, and its epoch   7 the signal's channel in Redis
--       8 names who acknowledges, for the signal
-- Returns the cursor and how many are unread; {} for what this inbox has not given out.
local offset = tonumber(ARGV[5])
if epoch ~= ARGV[6] or offset > newest then return {} end
advance()
see(ARGV[4])
local cursor = tonumber(redis.call('ZSCORE', KEYS[5], ARGV[4]))
if offset > cursor then
  cursor = offset
  redis.call('ZADD', KEYS[5], ARGV[5], ARGV[4])
  remove_acknowledged()
end
local has_moved = cursor > read
if has_moved then
  read = cursor
  redis.call('HSET', KEYS[1], 'read', text(read))
end
expire(ARGV[1])
local left = unread()
if has_moved then
  redis.call('PUBLISH', ARGV[7], 'R' .. text(read) .. '-' .. epoch .. ' ' .. text(left) .. ' ' .. ARGV[8])
end
return {text(cursor), text(left)}
