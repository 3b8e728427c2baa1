-- Reads a part of a channel's history, and where it stands as a whole.
--
-- KEYS  1 meta, 2 stream: see publish.lua
-- ARGV  1 the offset after which to read   2 messages at most   3 'oldest' or 'newest': which, if there are more
--       4 bytes of messages at most, but for the last message
-- Returns {} where there is no history; else epoch, newest offset, oldest offset that is kept, then offset and message
-- in turns, by offset; a message that has ended is ''.
local state = redis.call('HMGET', KEYS[1], 'epoch', 'offset')
local newest = tonumber(state[2])
if not state[1] or not newest then return {} end
local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
local oldest = first and first[1]:match('^%d+') or string.format('%.0f', newest + 1)
local page = {state[1], string.format('%.0f', newest), oldest}

local limit, isOldest, room = tonumber(ARGV[2]), ARGV[3] == 'oldest', tonumber(ARGV[4])
local low, high = string.format('%.0f', ARGV[1] + 1), '+'
local found = {}
while limit > 0 and room > 0 do
  -- Not all at once: messages can be large, and the bytes may run out first.
  local count = math.min(limit, 100)
  local entries
  if isOldest then
    entries = redis.call('XRANGE', KEYS[2], low, high, 'COUNT', count)
  else
    entries = redis.call('XREVRANGE', KEYS[2], high, low, 'COUNT', count)
  end
  for _, entry in ipairs(entries) do
    if room > 0 then
      found[#found + 1] = entry
      room = room - #entry[2][2]
    end
  end
  if #entries < count then break end
  limit = limit - count
  local last = tonumber(entries[count][1]:match('^%d+'))
  if isOldest then
    low = string.format('%.0f', last + 1)
  elseif last > 1 then
    high = string.format('%.0f', last - 1)
  else
    break
  end
end

local now
for index = 1, #found do
  local entry = found[isOldest and index or #found + 1 - index]
  local fields = entry[2]
  local message = fields[2]
  if fields[4] then
    if not now then
      local time = redis.call('TIME')
      now = time[1] * 1000 + math.floor(time[2] / 1000)
    end
    if tonumber(fields[4]) <= now then message = '' end
  end
  page[#page + 1] = entry[1]:match('^%d+')
  page[#page + 1] = message
end
return page
