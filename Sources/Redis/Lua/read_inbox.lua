-- Reads what a device has not had yet. Begins with inbox.lua.
--
-- ARGV  4 the device   5, 6 the offset after which to read and its epoch; '' for what the device has not acknowledged
--       7 notifications at most   8 bytes of notifications at most, but for the last one
-- Returns epoch, the offset up to which this goes, whether there is more (0 or 1), how many are unread, how many were
-- dropped, then the notifications by offset.
advance()
see(ARGV[4])
expire(ARGV[1])
local position = ARGV[5]
if ARGV[6] ~= epoch then position = redis.call('ZSCORE', KEYS[5], ARGV[4]) end
local limit, room = tonumber(ARGV[7]), tonumber(ARGV[8])
local page = {epoch, '', '0', unread(), text(dropped)}
local goes_on = true
while goes_on do
  -- Not all at once: notifications can be large, and the bytes may run out first.
  local offsets = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. position, '+inf', 'LIMIT', 0, 100)
  goes_on = #offsets == 100
  local found = #offsets > 0 and redis.call('HMGET', KEYS[2], unpack(offsets)) or {}
  for index, offset in ipairs(offsets) do
    if limit <= 0 or room <= 0 then
      page[3] = '1'
      goes_on = false
      break
    end
    position = offset
    -- Redis may have evicted one of the keys.
    if found[index] then
      page[#page + 1] = found[index]
      limit = limit - 1
      room = room - #found[index]
    end
  end
end
page[2] = page[3] == '1' and position or text(newest)
return page
