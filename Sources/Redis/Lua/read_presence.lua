-- Reads who is in a channel. Begins with presence.lua.
--
-- ARGV  2 users at most
-- Returns whether there are more (0 or 1), then user and connections in turns.
expire()
local limit = tonumber(ARGV[2])
local page = {0}
local seen, count, cursor = {}, 0, '0'
repeat
  -- A scan may give a user twice.
  local answer = redis.call('HSCAN', KEYS[1], cursor, 'COUNT', 1000)
  cursor = answer[1]
  for index = 1, #answer[2], 2 do
    local user = answer[2][index]
    if not seen[user] then
      if count == limit then
        page[1] = 1
        return page
      end
      seen[user] = true
      count = count + 1
      page[#page + 1] = user
      page[#page + 1] = answer[2][index + 1]
    end
  end
until cursor == '0'
return page
